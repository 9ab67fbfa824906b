import type { Thresholds } from "../detect/threshold.js";
import type { ReadingReport } from "../import/import-report.js";
import { keyFromText, type KeyFrom } from "../import/record/key-from.js";
import { judgeGaps, type Gap } from "../pipeline/replay/judge-gaps.js";
import type { LoadedHistory } from "../pipeline/replay/load-history.js";
import { AS_OF, type ReplayTotals } from "../pipeline/replay/replay-checks.js";
import type { ToldPage, ToldPages } from "../pipeline/replay/told-pages.js";
import type { KeyCard } from "../pipeline/view/key-card.js";
import { readKeyCards } from "../pipeline/view/key-cards.js";
import type { HistoryKey } from "../store/replay/history-facts.js";
import type { Store } from "../store/store.js";
import { shellQuote } from "../text/shell-quote.js";
import { waysToJson } from "./keys-card.js";
import type { ReaderOptions } from "./import-reader.js";

/** What names the keys of formats whose log names none, as it was chosen for them. */
export type NamedBy = Map<string, KeyFrom>;

/** What a replay of somebody's log came to, before it is put together. */
export interface TrialParts {
  readonly reading: ReadingReport;
  readonly loaded: LoadedHistory;
  readonly replayed: ReplayTotals;
  readonly told: ToldPages;
  readonly limits: Thresholds;
  readonly namedBy: NamedBy;
  readonly options: ReaderOptions;
  readonly files: readonly string[];
  readonly stepMinutes: number;
  readonly seconds: number;
}

/** A key that cost most, or was used most, and what would be seen of it. */
export interface TriedKey {
  readonly key: HistoryKey;
  readonly card: KeyCard;
}

/** The answer of `try`. */
export interface Trial extends TrialParts {
  readonly keys: number;
  readonly dearest: readonly TriedKey[];
  readonly isByCost: boolean;
  readonly gaps: readonly Gap[];
  /** What makes it permanent, in order. */
  readonly commands: readonly string[];
}

const MOST_KEYS = 5;
const PACKED = /\.gz$/i;

/** Reads what is left to say, once all of the history is judged. */
export async function readTrial(store: Store, parts: TrialParts): Promise<Trial> {
  const { loaded, replayed, limits, options } = parts;
  const [totals, busiest, dearest] = await Promise.all([
    store.replay.readHistoryTotals(),
    store.replay.readBusiestSources(),
    store.replay.readDearestKeys(MOST_KEYS),
  ]);
  const at = { now: loaded.lastAt, visible: AS_OF };
  const ids = dearest.map(({ keyId }) => keyId);
  const cards = await readKeyCards(store, ids, new Map(), limits, at);
  const { no_key: noKey = 0, key_redacted: redacted = 0 } = parts.reading.not_imported;
  const kinds = new Set([...parts.namedBy.values()].map(({ kind }) => kind));
  const given = options.keyFrom === "ip" || options.keyFrom === "user" ? options.keyFrom : undefined;
  const gaps = judgeGaps({
    totals,
    busiest,
    keysOfOneDay: replayed.keysOfOneDay,
    shortLivedKeys: replayed.shortLivedKeys,
    namedBy: given ?? (kinds.has("ip") ? "ip" : kinds.has("user") ? "user" : "key"),
    nameless: noKey + redacted,
  });
  return {
    ...parts,
    keys: totals.keys,
    dearest: dearest.map((key, index) => ({ key, card: cards[index]! })),
    isByCost: totals.spendMicros > 0,
    gaps,
    commands: commandsOf(parts),
  };
}

/** What loads this log for good: everything on this machine first, then each format's files as they were read here. */
function commandsOf({ reading, files, options, namedBy }: TrialParts): readonly string[] {
  const filesOf = new Map<string, string[]>();
  for (const file of files) {
    const format = reading.guessed[file]?.format;
    if (format !== undefined) filesOf.set(format, [...(filesOf.get(format) ?? []), file]);
  }
  const imports = [...filesOf].map(([format, of]) => {
    const chosen = namedBy.get(format);
    const keyFrom = options.keyFrom ?? (chosen === undefined ? undefined : keyFromText(chosen));
    const takesOptions = format !== "cloudtrail" && format !== "ndjson";
    const given = [
      ...(takesOptions && keyFrom !== undefined ? ["--key-from", keyFrom] : []),
      ...(takesOptions && options.trustedProxies !== undefined ? ["--trusted-proxies", options.trustedProxies] : []),
    ];
    const [only = "", ...others] = of;
    // A log that is still written goes on from here; what is packed, or one of many, is over.
    const isLive = takesOptions && others.length === 0 && !PACKED.test(only);
    return ["plimsoll import", format, ...[...given, ...(isLive ? ["--follow"] : []), ...of].map(quoted)].join(" ");
  });
  return ["plimsoll up", ...imports];
}

const quoted = (text: string) => (/^[\w./:,@=-]+$/.test(text) ? text : shellQuote(text));

/** The answer as `--json` prints it. */
export function trialToJson(trial: Trial) {
  const { reading, loaded, replayed, told, gaps } = trial;
  return {
    ...reading,
    refused: Object.fromEntries([...loaded.refused].map(([reason, { count }]) => [reason, count])),
    keys: trial.keys,
    from: new Date(loaded.firstAt).toISOString(),
    to: new Date(loaded.lastAt).toISOString(),
    step_minutes: trial.stepMinutes,
    evaluations: replayed.evaluations,
    pages: told.pages.map(toldToJson),
    notices: told.notices.map(toldToJson),
    detectability: trial.dearest.map(({ key, card }) => ({
      key_id: key.keyId,
      observed_by: key.observedBy,
      requests: key.requests,
      spend_usd: key.spendMicros / 1e6,
      baseline_day: card.baselineDay,
      history_days: card.daysOfHistory,
      ...waysToJson(card.card),
      adaptive_attacker: card.attacker,
    })),
    not_judged: gaps,
    commands: trial.commands,
    seconds: Math.round(trial.seconds * 1000) / 1000,
  };
}

function toldToJson({ at, keyId, cause, severity, summary, details }: ToldPage) {
  return { at: new Date(at).toISOString(), key_id: keyId, cause, severity, summary, details };
}

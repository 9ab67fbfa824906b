import { expect } from "../baseline/expectation.js";
import { adaptiveThief, detectabilityCard, type DetectabilityCard } from "../detect/detectability.js";
import { hintLimits, type LimitHints } from "../detect/limit-hints.js";
import type { Thresholds } from "../detect/threshold.js";
import { NO_HISTORY, type BinHistory } from "../detect/surprise.js";
import type { Baseline } from "../model/baseline.js";
import { lineagesOf, withElders } from "../model/lineage.js";
import type { Store } from "../store/store.js";
import { addDays, DAY_MS, dayStart } from "../time/day.js";
import { readKeyFounding, type KeyFounding } from "./key-founding.js";
import { readHistories } from "./read-histories.js";
import { subjectKey } from "./subject-key.js";

/** Span whose traffic says something of a key's limit. */
const HINT_DAYS = 28;

/** What can be seen of a key, and what cannot. */
export interface KeyCard {
  /** Day of the baseline that it is computed from; null when the key has none: then only the fleet's figures speak. */
  readonly baselineDay: string | null;
  readonly daysOfHistory: number;
  /** Until when the key is under suspicion and teaches nothing; null when it is not. */
  readonly suspectUntil: number | null;
  readonly card: DetectabilityCard;
  readonly thief: string;
  /** Null when the key's first two days are over, or it was not asked. */
  readonly founding: KeyFounding | null;
}

/** The detectability card of one key at noon of the day after its newest baseline, for the page threshold. */
export async function readKeyCard(
  store: Store,
  keyId: string,
  limitPerMinute: number | null,
  limits: Thresholds,
): Promise<KeyCard> {
  const visible = await store.readClock();
  const registry = await store.readKeys(visible, visible);
  const lineages = lineagesOf(registry);
  let baseline: Baseline | null = null;
  // A key that succeeds another one begins with what that one usually does.
  for (const id of withElders(lineages, [keyId])) baseline ??= await store.readBaselineOfKey(id, visible);
  const next = baseline === null ? null : addDays(baseline.day, 1);
  const histories =
    next === null ? new Map<string, BinHistory>() : await readHistories(store, next, [keyId], visible, lineages);
  const { observedBy } = baseline ?? { observedBy: "gateway" };
  const history = histories.get(subjectKey({ keyId, observedBy })) ?? NO_HISTORY;
  const founding = await readKeyFounding(store, keyId, registry, visible);
  return { ...keyCard(baseline, history, limitPerMinute, limits), founding };
}

/** The detectability card of a key from its newest baseline, null where it has none, and its history. */
export function keyCard(
  baseline: Baseline | null,
  history: BinHistory,
  limitPerMinute: number | null,
  limits: Thresholds,
): KeyCard {
  const at = baseline === null ? 0 : dayStart(addDays(baseline.day, 1)) + DAY_MS / 2;
  const expectation = baseline === null ? null : expect(baseline, at);
  const card = detectabilityCard(
    {
      expectation,
      churn: baseline?.churn ?? [],
      spendPerRequest: baseline?.spendPerRequest ?? 0,
      ageDays: baseline === null ? 0 : (at - baseline.bornAt) / DAY_MS,
      limitPerMinute,
      history,
    },
    limits.page,
  );
  return {
    baselineDay: baseline?.day ?? null,
    daysOfHistory: history.days.length,
    suspectUntil: baseline !== null && baseline.suspectUntil > at ? baseline.suspectUntil : null,
    card,
    thief: adaptiveThief(card, (expectation?.requests[3] ?? 0) / 1440),
    founding: null,
  };
}

/** What the traffic of the 28 days before an instant (epoch ms) says of a key's limit; a stated one is not inferred. */
export async function readLimitHints(
  store: Pick<Store, "readLimitMinutes">,
  keyId: string,
  stated: number | null,
  now: number,
): Promise<LimitHints> {
  const hints = hintLimits(await store.readLimitMinutes(keyId, now - HINT_DAYS * DAY_MS, now));
  return stated === null ? hints : { ...hints, inferred: null };
}

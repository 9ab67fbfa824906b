import { countedText } from "../text/amounts.js";
import { round6 } from "../model/round.js";
import { shortLivedGap } from "../pipeline/replay/judge-gaps.js";
import type { SentCounts } from "../pipeline/replay/backtest-lines.js";
import type { LoadedHistory } from "../pipeline/replay/load-history.js";
import type { ReplayTotals } from "../pipeline/replay/replay-checks.js";

const MINUTES_PER_DAY = 1440;

/** Totals of a backtest under the names that the summary file has. */
export interface BacktestSummary {
  readonly events_read: number;
  readonly rejected: number;
  readonly rejected_by_reason: Readonly<Record<string, number>>;
  readonly keys: number;
  /** Keys that were used on one day only: nothing is known of what is usual for them. */
  readonly keys_of_one_day: number;
  /** Keys that lived for less than a day: session keys, which only their principal's history could tell from a theft. */
  readonly short_lived_keys: number;
  readonly evaluations: number;
  readonly key_days: number;
  readonly pages: number;
  readonly notices: number;
  /** Null when nothing was evaluated. */
  readonly pages_per_1000_key_days: number | null;
  readonly seconds: number;
}

/** Puts the totals together. */
export function summaryOf(
  loaded: LoadedHistory,
  { keys, keysOfOneDay, shortLivedKeys, evaluations, keyMinutes }: ReplayTotals,
  { pages, notices }: SentCounts,
  seconds: number,
): BacktestSummary {
  const keyDays = round6(keyMinutes / MINUTES_PER_DAY);
  const reasons = [...loaded.refused].map(([reason, { count }]) => [reason, count] as const);
  return {
    events_read: loaded.read,
    rejected: loaded.read - loaded.accepted,
    rejected_by_reason: Object.fromEntries(reasons.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    keys,
    keys_of_one_day: keysOfOneDay,
    short_lived_keys: shortLivedKeys,
    evaluations,
    key_days: keyDays,
    pages,
    notices,
    pages_per_1000_key_days: keyDays === 0 ? null : round6((pages * 1000) / keyDays),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** The totals as people read them. */
export function printReport(summary: BacktestSummary, loaded: LoadedHistory): string {
  const count = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  const per = summary.pages_per_1000_key_days;
  return [
    `${countedText(summary.events_read, "event")} read, ${count(summary.rejected)} rejected`,
    ...refusalsOf(loaded),
    `${countedText(summary.pages, "page")} and ${countedText(summary.notices, "notice")} in ${countedText(summary.key_days, "key-day")} of ${countedText(summary.keys, "key")}` +
      (per === null ? ": nothing was evaluated" : `: ${count(per)} pages per 1,000 key-days`),
    ...outOfSight(summary),
    `${count(summary.evaluations)} evaluations, ${count(summary.seconds)} s`,
    "",
  ].join("\n");
}

/** Who uses a key that has no past cannot be told from its owner, unless a rule or its allowed networks speak. */
function outOfSight({ keys, keys_of_one_day: young, short_lived_keys: shortLived }: BacktestSummary): string[] {
  const minted = shortLivedGap(shortLived, keys);
  if (minted !== null) return [`${minted.gap}: ${minted.fix}`];
  if (young === 0) return [];
  const whose =
    young === 1 ? "1 key was" : `${young.toLocaleString("en-US")} of ${keys.toLocaleString("en-US")} keys were`;
  return [
    `${whose} used on one day only: without a baseline, misuse of such a key goes undetected unless a rule or allowed networks catch it`,
  ];
}

/** Reasons with how many events each cost, and where the first stands. */
export function refusalsOf({ refused }: LoadedHistory): string[] {
  return [...refused]
    .toSorted(([, a], [, b]) => b.count - a.count || a.firstLine - b.firstLine)
    .map(([reason, { count, firstLine, message }]) => `  ${count} ${reason}: ${message} (first in line ${firstLine})`);
}

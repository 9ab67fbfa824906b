const FUTURE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** Instants that are taken, both ends included, epoch milliseconds. */
export interface AcceptedSpan {
  readonly oldestAt: number;
  readonly newestAt: number;
  /** What happened before this and is no history counts as known from a day before it came: its sender should know. */
  readonly knownFrom: number;
}

/** Every instant that the tables can hold: for imports into files and for backtests. */
export const STORABLE_SPAN: AcceptedSpan = { oldestAt: 0, newestAt: 2 ** 32 * 1000 - 1, knownFrom: 0 };

/** What live ingest takes at `now`: back to the end of raw retention, and 10 minutes ahead for clocks that are fast. */
export function liveSpan(now: number, rawDays: number): AcceptedSpan {
  return { oldestAt: Math.max(0, now - rawDays * DAY_MS), newestAt: now + FUTURE_MS, knownFrom: now - DAY_MS };
}

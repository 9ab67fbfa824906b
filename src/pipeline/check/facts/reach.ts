import { DAY_MS, dayOf, HOUR_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";

/** Hours of history (epoch ms, half-open, whole hours) that are judged one after the other: what they need is read for all of them at once. */
export interface Reach {
  readonly from: number;
  readonly until: number;
  /** Nothing is written while they are judged. */
  readonly isStill: boolean;
}

/** Minutes of two days of so many keys fit into memory beside everything else: about 30 MB. */
const MOST_KEY_HOURS = 30_000;
const DAY_HOURS = DAY_MS / HOUR_MS;

/** Splits spans into stretches of one day (what was learned changes with it) that are read at once, as long as the figures of so many keys allow. */
export function stretchesOf(spans: readonly TickSpan[], keys: number): TickSpan[][] {
  const hours = Math.min(DAY_HOURS, Math.floor(MOST_KEY_HOURS / Math.max(1, keys)) - DAY_HOURS);
  const most = Math.max(1, hours) * HOUR_MS;
  const stretches: TickSpan[][] = [];
  for (const span of spans) {
    const last = stretches.at(-1);
    const first = last?.[0]?.hour ?? -Infinity;
    if (last !== undefined && span.hour < first + most && dayOf(span.hour) === dayOf(first)) last.push(span);
    else stretches.push([span]);
  }
  return stretches;
}

/** The reach of some spans; null for those of a single hour: nothing is read ahead for it. */
export function reachOf(spans: readonly TickSpan[], isStill: boolean): Reach | null {
  const [first, last] = [spans[0]?.hour, spans.at(-1)?.hour];
  if (first === undefined || last === undefined || first === last) return null;
  return { from: first, until: last + HOUR_MS, isStill };
}

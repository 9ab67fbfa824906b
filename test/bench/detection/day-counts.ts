import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { HIGHEST_BIN, STATISTIC_COUNT } from "../../../src/model/finding/statistics.js";
import { SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import { ALL_FOUNDS, type Beginning } from "./beginning.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { FIRST_JUDGED_TICK } from "./protocol.js";
import { KeyTraffic } from "./traffic-of-key.js";

export const BINS = HIGHEST_BIN + 1;

/** How many key-days there were, and on how many of them each statistic's daily maximum reached each bin (index * BINS + bin). */
export interface DayCounts {
  readonly days: number;
  readonly reached: Float64Array;
}

/** No key-day at all. */
export const NO_DAYS: DayCounts = { days: 0, reached: new Float64Array(STATISTIC_COUNT * BINS) };

/** Counts the judged days of some keys, from each key's birth on. */
export function countDays(fleet: Fleet, indexes: readonly number[]): DayCounts {
  return indexes
    .map((index) => countLife(new KeyTraffic(fleet, index), { beginning: ALL_FOUNDS, from: FIRST_JUDGED_TICK }))
    .reduce(addCounts, NO_DAYS);
}

/** Counts the days of one key from a tick on, that many at most. */
export function countLife(
  key: KeyTraffic,
  of: { readonly beginning: Beginning; readonly from: number; readonly days?: number },
): DayCounts {
  const counts = { days: 0, reached: new Float64Array(STATISTIC_COUNT * BINS) };
  const close = (highest: Uint8Array) => {
    counts.days += 1;
    highest.forEach((bin, index) => {
      for (let b = 0; b <= bin; b += 1) counts.reached[index * BINS + b]! += 1;
    });
    highest.fill(0);
  };
  const highest = new Uint8Array(STATISTIC_COUNT);
  const life = { limitPerMinute: key.limitPerMinute, days: key.days(of.days), beginning: of.beginning };
  judgeKeyLife(life, of.from, (tick, bins) => {
    bins?.forEach((bin, index) => {
      if (bin > highest[index]!) highest[index] = bin;
    });
    if ((tick + 1) % SLOTS_PER_DAY === 0) close(highest);
  });
  return counts;
}

/** Both together. */
export function addCounts(a: DayCounts, b: DayCounts): DayCounts {
  return { days: a.days + b.days, reached: a.reached.map((count, i) => count + b.reached[i]!) };
}

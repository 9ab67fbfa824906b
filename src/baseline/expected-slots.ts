import { UNKNOWN_SLOT } from "../model/finding/baseline.js";
import { round6 } from "../model/round.js";
import { SLOTS_PER_DAY } from "../model/finding/window.js";

/** Lags in days and their weights: weekly as given, daily 0.8^(j-1) (docs/detection.md, 4). */
const WEEKLY_LAGS = [
  { days: 7, weight: 0.4 },
  { days: 14, weight: 0.3 },
  { days: 21, weight: 0.2 },
  { days: 28, weight: 0.1 },
];
const DAILY_LAGS = [1, 2, 3, 4, 5, 6, 7].map((days) => ({ days, weight: 0.8 ** (days - 1) }));
const FLAT_DAYS = 7;

/** Slots of a day that lies `daysAgo` days before the expected one; undefined when the key did not live all of that day. */
export type SlotsOfDay = (daysAgo: number) => readonly number[] | undefined;

/**
 * Requests expected per slot of a day from the same hours of past weeks; empty when no such day is on file.
 * @param before what was expected of the day before: it stays expected in slots of which all past days know nothing
 */
export function weeklySlots(slots: SlotsOfDay, before: readonly number[]): readonly number[] {
  return weightedMean(slots, WEEKLY_LAGS, before);
}

/** Requests expected per slot of a day from the same hours of past days; empty when no such day is on file. */
export function dailySlots(slots: SlotsOfDay, before: readonly number[]): readonly number[] {
  return weightedMean(slots, DAILY_LAGS, before);
}

/** Mean requests per known slot over the last seven days on file; `before` when there is none. */
export function flatSlot(slots: SlotsOfDay, before: number): number {
  let [sum, known] = [0, 0];
  for (let daysAgo = 1; daysAgo <= FLAT_DAYS; daysAgo += 1) {
    const day = slots(daysAgo) ?? [];
    for (let i = 0; i < day.length; i += 1) {
      if (day[i] === UNKNOWN_SLOT) continue;
      sum += day[i]!;
      known += 1;
    }
  }
  return known === 0 ? before : round6(sum / known);
}

function weightedMean(
  slots: SlotsOfDay,
  lags: readonly { readonly days: number; readonly weight: number }[],
  before: readonly number[],
): readonly number[] {
  const onFile = lags.flatMap(({ days, weight }) => {
    const day = slots(days);
    return day === undefined ? [] : [{ day, weight }];
  });
  if (onFile.length === 0) return [];
  const [sums, weights] = [new Float64Array(SLOTS_PER_DAY), new Float64Array(SLOTS_PER_DAY)];
  for (const { day, weight } of onFile) {
    for (let i = 0; i < SLOTS_PER_DAY; i += 1) {
      if (day[i] === UNKNOWN_SLOT) continue;
      sums[i]! += weight * day[i]!;
      weights[i]! += weight;
    }
  }
  const mean: number[] = [];
  for (let i = 0; i < SLOTS_PER_DAY; i += 1)
    mean.push(weights[i] === 0 ? (before[i] ?? 0) : round6(sums[i]! / weights[i]!));
  return mean;
}

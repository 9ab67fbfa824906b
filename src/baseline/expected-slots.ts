import { round6 } from "../model/round.js";
import { SLOTS_PER_DAY } from "../model/window.js";

/** Lags in days and their weights: weekly as given, daily 0.8^(j-1) (specification 3.4). */
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

/** Requests expected per slot of a day from the same hours of past weeks; empty when no such day is on file. */
export function weeklySlots(slots: SlotsOfDay): readonly number[] {
  return weightedMean(slots, WEEKLY_LAGS);
}

/** Requests expected per slot of a day from the same hours of past days; empty when no such day is on file. */
export function dailySlots(slots: SlotsOfDay): readonly number[] {
  return weightedMean(slots, DAILY_LAGS);
}

/** Mean requests per slot over the last seven days on file; -1 when there are none. */
export function flatSlot(slots: SlotsOfDay): number {
  const days = Array.from({ length: FLAT_DAYS }, (_, i) => slots(i + 1)).filter((day) => day !== undefined);
  const sum = days.reduce((total, day) => total + day.reduce((a, b) => a + b, 0), 0);
  return days.length === 0 ? -1 : round6(sum / (days.length * SLOTS_PER_DAY));
}

function weightedMean(
  slots: SlotsOfDay,
  lags: readonly { readonly days: number; readonly weight: number }[],
): readonly number[] {
  const known = lags.flatMap(({ days, weight }) => {
    const day = slots(days);
    return day === undefined ? [] : [{ day, weight }];
  });
  if (known.length === 0) return [];
  const total = known.reduce((sum, lag) => sum + lag.weight, 0);
  return Array.from({ length: SLOTS_PER_DAY }, (_, i) => {
    const sum = known.reduce((s, lag) => s + lag.weight * lag.day[i]!, 0);
    return round6(sum / total);
  });
}

import { HIGHEST_BIN, isNoveltyStatistic, isRefusalStatistic, STATISTIC_COUNT } from "../model/finding/statistics.js";
import type { FirstDays } from "../model/key/founding.js";
import { firstDayFraction, fleetFraction } from "./fleet-fraction.js";

/** A running attack must not teach itself: novelty and refusals look no nearer than four days back, residuals two. */
export const NOVELTY_LAG_DAYS = 4;
export const RESIDUAL_LAG_DAYS = 2;
/** How many past days count. */
export const HISTORY_DAYS = 28;
/** Weight of the fleet against one day of the key's own history. */
const FLEET_WEIGHT = 1;

/** What a key's past days say of it. */
export interface BinHistory {
  /** Daily maximum bins, each tagged with how many days before the judged day it lies. */
  readonly days: readonly { readonly daysAgo: number; readonly bins: readonly number[] }[];
  /** Days that ever taught what is usual for the key, those above among them: an attack takes none away. */
  readonly taughtDays: number;
  /** Whether the key was under suspicion as the judged day began. */
  readonly isSuspect: boolean;
}

export const NO_HISTORY: BinHistory = { days: [], taughtDays: 0, isSuspect: false };

/** Surprise of a statistic (by index) that reached a bin, in decades of key-days. */
export type SurpriseOf = (index: number, bin: number) => number;

/** How many days back a day must lie to count for a statistic. */
export function lagDaysOf(index: number): number {
  return isNoveltyStatistic(index) || isRefusalStatistic(index) ? NOVELTY_LAG_DAYS : RESIDUAL_LAG_DAYS;
}

/** Past days of the key that count for a statistic, and on how many of them it reached a bin. */
export function frequency(
  index: number,
  bin: number,
  history: Pick<BinHistory, "days">,
): { days: number; reached: number } {
  const lag = lagDaysOf(index);
  let [days, reached] = [0, 0];
  for (const day of history.days) {
    if (day.daysAgo < lag || day.daysAgo >= lag + HISTORY_DAYS) continue;
    days += 1;
    if ((day.bins[index] ?? 0) >= bin) reached += 1;
  }
  return { days, reached };
}

/**
 * Surprises under a key's own history: -log10 of the chance that a day of this key reaches the bin, from its own past days shrunk to the
 * fleet (docs/detection.md, 6). What is new to a key in its first days is judged by those of other keys alone.
 */
export function surpriseUnder(history: BinHistory, firstDays: FirstDays | null = null): SurpriseOf {
  return (index, bin) => {
    if (bin === 0) return 0;
    if (firstDays !== null && isNoveltyStatistic(index)) return firstDaySurprise(firstDays, index, bin);
    const { days, reached } = frequency(index, bin, history);
    return decades(index, bin, reached, days);
  };
}

const BINS = HIGHEST_BIN + 1;
const cleanest = Float64Array.from({ length: STATISTIC_COUNT * BINS }, (_, at) =>
  at % BINS === 0 ? 0 : decades(Math.floor(at / BINS), at % BINS, 0, HISTORY_DAYS),
);

/** Surprises under a whole history without a single event: no real one can surprise more. */
export const cleanestSurprise: SurpriseOf = (index, bin) => cleanest[index * BINS + bin]!;

/** No real history can surprise more, given how a key is judged at a tick. */
export function highestSurprise(firstDays: FirstDays | null): SurpriseOf {
  if (firstDays === null) return cleanestSurprise;
  return (index, bin) =>
    isNoveltyStatistic(index) && bin > 0 ? firstDaySurprise(firstDays, index, bin) : cleanestSurprise(index, bin);
}

/** Against all key-days of the fleet, since few of these are first days: the budget is per key-day, whatever its kind. */
function firstDaySurprise({ kind }: FirstDays, index: number, bin: number): number {
  return -Math.log10(firstDayFraction(kind, index, bin));
}

function decades(index: number, bin: number, reached: number, days: number): number {
  return -Math.log10((reached + FLEET_WEIGHT * fleetFraction(index, bin)) / (days + FLEET_WEIGHT));
}

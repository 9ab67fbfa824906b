import { SLOTS_PER_DAY } from "../../../../src/model/finding/window.js";
import type { KeySlots, Rival } from "./rival.js";

const SLOTS_PER_HOUR = SLOTS_PER_DAY / 24;
const SLOTS_PER_WEEK = 7 * SLOTS_PER_DAY;
/** Fewer past weeks than two have no spread, more than four are another season. */
const LEAST_WEEKS = 2;
const MOST_WEEKS = 4;
/** Consistency constant of the median absolute deviation for normal data. */
const MAD_TO_SIGMA = 1.4826;

/** Where the same hour of past weeks lies, and how wide it spreads, in requests per slot. */
interface Spread {
  readonly centre: number;
  readonly width: number;
}

/** Requests per slot against those in the same hour of past weeks: mean and standard deviation, alarm at 3 (Shewhart 1931). */
export const zScore: Rival = {
  name: "z-score, hour of week",
  shippedAt: 3,
  judge: (key) => standardise(key, meanAndDeviation),
};

/** The same with median and median absolute deviation, alarm at 3.5 (Iglewicz and Hoaglin 1993). */
export const medianMad: Rival = {
  name: "median/MAD, hour of week",
  shippedAt: 3.5,
  judge: (key) => standardise(key, medianAndMad),
};

/**
 * Exponentially weighted moving average chart of the same z-scores with lambda 0.2, alarm at L = 3 standard deviations of the
 * average (Lucas and Saccucci 1990).
 */
export const ewmaChart: Rival = {
  name: "EWMA chart",
  shippedAt: 3,
  judge: (key) => {
    const lambda = 0.2;
    const deviation = Math.sqrt(lambda / (2 - lambda));
    let average = 0;
    return standardise(key, meanAndDeviation).map((z) => {
      average += lambda * (z - average);
      return average / deviation;
    });
  },
};

/** Deviations of every slot from the same hour of past weeks; 0 where fewer than two weeks are on file. */
function standardise({ requests, bornSlot }: KeySlots, spreadOf: (values: Float64Array) => Spread): Float64Array {
  const scores = new Float64Array(requests.length);
  for (let hour = 0; hour < requests.length; hour += SLOTS_PER_HOUR) {
    const weeks: Float64Array[] = [];
    for (let week = 1; week <= MOST_WEEKS; week += 1) {
      const from = hour - week * SLOTS_PER_WEEK;
      if (from >= bornSlot) weeks.push(requests.subarray(from, from + SLOTS_PER_HOUR));
    }
    if (weeks.length < LEAST_WEEKS) continue;
    const { centre, width } = spreadOf(Float64Array.from(weeks.flatMap((week) => Array.from(week))));
    for (let slot = hour; slot < hour + SLOTS_PER_HOUR; slot += 1) {
      // Less spread than one request is none that can be measured.
      scores[slot] = (requests[slot]! - centre) / Math.max(1, width);
    }
  }
  return scores;
}

function meanAndDeviation(values: Float64Array): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { centre: mean, width: Math.sqrt(squares / (values.length - 1)) };
}

function medianAndMad(values: Float64Array): Spread {
  const centre = median(values);
  return { centre, width: MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - centre))) };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

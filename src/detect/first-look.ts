import { residualBin, floorBin, statisticIndex } from "../model/finding/statistics.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";
import { EXPERTS } from "./experts.js";
import { scoreAlone } from "./fusion.js";
import { LEAST_FLOOR, RESIDUALS_FROM_AGE_DAYS } from "./measure.js";
import { cleanestSurprise } from "./surprise.js";
import type { Thresholds } from "./threshold.js";
import { NO_SURPRISES } from "./window-surprises.js";

type Four = readonly [number, number, number, number];

/** What the first look at a key without novel traffic takes in: the figures of KeyTick, but no floors yet. */
export interface Prefilter {
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
  /** Null without a usable baseline. */
  readonly expectation: { readonly requests: Four; readonly rateVariance: Four; readonly spendVariance: Four } | null;
  readonly spendPerRequest: number;
  readonly ageDays: number;
  readonly isPlaced: boolean;
  /** Null when nobody told. */
  readonly limitPerMinute: number | null;
}

/** Scores are rounded to 1e-6 before they are compared. */
const ROUNDING = 1e-6;
const [Z, S, L] = (["z", "s", "l"] as const).map((group) => WINDOW_MINUTES.map((_, w) => statisticIndex(group, w)));

/** The most that any floor of the window can be is the mean: more than that share of the limit was not used all the time. */
export function highestFloor(requests: readonly number[], limitPerMinute: number, w: number): number {
  // A billionth more, so that another order of the same sum does not pass it.
  return (requests[w]! / (limitPerMinute * WINDOW_MINUTES[w]!)) * (1 + 1e-9);
}

/**
 * False when no history and no floors could bring a key without novel traffic to the notice threshold: `couldMatter` without its arrays
 * and without having to read the key's minutes, for the thousands of keys of every tick.
 */
export function deservesLook(look: Prefilter, limits: Thresholds): boolean {
  if (look.ageDays < RESIDUALS_FROM_AGE_DAYS) return limits.notice <= 0;
  const least = limits.notice - ROUNDING;
  const { expectation, limitPerMinute } = look;
  // Written over window by window: millions are looked at.
  const seen = { ...NO_SURPRISES };
  for (let w = 0; w < WINDOW_MINUTES.length; w += 1) {
    seen.rate = 0;
    seen.spend = 0;
    seen.floor = 0;
    if (expectation !== null) {
      seen.rate = surpriseOf(Z![w]!, look.requests[w]!, expectation.requests[w]!, expectation.rateVariance[w]!);
      if (look.spendPerRequest > 0) {
        const equivalents = look.spendMicros[w]! / look.spendPerRequest;
        seen.spend = surpriseOf(S![w]!, equivalents, expectation.requests[w]!, expectation.spendVariance[w]!);
      }
    }
    if (limitPerMinute !== null) {
      const highest = highestFloor(look.requests, limitPerMinute, w);
      if (highest >= LEAST_FLOOR) seen.floor = cleanestSurprise(L![w]!, floorBin(highest));
    }
    const isQuiet = seen.rate === 0 && seen.spend === 0 && seen.floor === 0;
    if (!isQuiet && EXPERTS.known_network.scoreOf(seen, w) >= least) return true;
    if (!look.isPlaced && scoreAlone(Math.max(seen.rate, seen.spend)) >= least) return true;
  }
  return false;
}

function surpriseOf(statistic: number, actual: number, expected: number, variance: number): number {
  if (actual <= expected) return 0;
  const bin = residualBin(Math.log((actual + 1) / (expected + 1)) / Math.sqrt(variance));
  return bin === 0 ? 0 : cleanestSurprise(statistic, bin);
}

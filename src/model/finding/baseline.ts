import type { ObservedBy } from "../event/request-event.js";
import { perWindow, WINDOW_MINUTES, type PerWindow } from "./window.js";

/** Version of the learning code: a snapshot of another version is learned again. */
export const BASELINE_VERSION = 10;

/** What one key usually does, learned from a closed UTC day and the snapshots before it; checks of later days use it. */
export interface Baseline {
  /** The closed day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  /** Epoch ms of the key's first request. */
  readonly bornAt: number;
  readonly requests: number;
  readonly spendMicros: number;
  /** Requests of the day per novelty level. */
  readonly novelRequests: readonly number[];
  /** Usual share of novel requests per novelty level: churn that is nothing special for this key. */
  readonly churn: readonly number[];
  /** Micro-dollars per request over the last six days; 0 when the key has no known cost. */
  readonly spendPerRequest: number;
  /** Requests of the day's 288 slots; UNKNOWN_SLOT where nobody was heard, or while the key was under suspicion. */
  readonly slots: readonly number[];
  /** Expected requests of 576 slots (the day and the next) from the same hours of past weeks; empty when unknown. */
  readonly weekly: readonly number[];
  /** The same from past days. */
  readonly daily: readonly number[];
  /** Mean requests per slot over seven days; -1 when unknown. */
  readonly flat: number;
  /** Log level correction and running loss of the predictors weekly, daily, flat. */
  readonly levels: readonly number[];
  readonly losses: readonly number[];
  /** Variance of log residuals beyond counting noise, and its weight in days: four windows of rate, then four of spend. */
  readonly noise: readonly number[];
  readonly noiseDays: readonly number[];
  /** Highest bin of the day per statistic; empty for a day that teaches nothing: unheard, or under suspicion. */
  readonly dailyMaxBins: readonly number[];
  /** Days up to this one that ever taught what is usual for the key. */
  readonly taughtDays: number;
  /** Highest score of the day's five-minute ticks, as far as it could matter; else 0. */
  readonly highestScore: number;
  /** Epoch ms until which the key is under suspicion; 0 when it is not. */
  readonly suspectUntil: number;
  /** Days in the look-back of novelty on which the score reached the notice threshold: they age no network. */
  readonly frozenDays: readonly string[];
}

/** Marks a slot of which nothing is known. */
export const UNKNOWN_SLOT = -1;

/** How long (ms) what a key has first used stays new to it: seven days on which it kept below the notice threshold. */
export function noveltyMs(baseline: Pick<Baseline, "frozenDays"> | null): number {
  return (NOVEL_DAYS + (baseline?.frozenDays.length ?? 0)) * 86_400_000;
}

export const NOVEL_DAYS = 7;

/** What is expected of a key in the windows that end at a tick. */
export interface Expectation {
  /** Expected requests per window. */
  readonly requests: readonly [number, number, number, number];
  /** Variance of log(actual / expected) per window, counting noise included. */
  readonly rateVariance: readonly [number, number, number, number];
  readonly spendVariance: readonly [number, number, number, number];
}

/** Expected requests with the variance of their log residuals: counting noise and what was learned beyond it. */
export function withNoise(requests: PerWindow, noise: readonly number[]): Expectation {
  return {
    requests,
    rateVariance: perWindow((w) => 1 / (requests[w]! + 1) + noise[w]!),
    spendVariance: perWindow((w) => 1 / (requests[w]! + 1) + noise[WINDOW_MINUTES.length + w]!),
  };
}

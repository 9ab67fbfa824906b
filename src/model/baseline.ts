import type { ObservedBy } from "./request-event.js";

/** Version of the learning code: a snapshot of another version is learned again. */
export const BASELINE_VERSION = 2;

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
  /** Requests of the day's 288 slots. */
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
  /** Highest bin of the day per statistic. */
  readonly dailyMaxBins: readonly number[];
}

/** What is expected of a key in the windows that end at a tick. */
export interface Expectation {
  /** Expected requests per window. */
  readonly requests: readonly [number, number, number, number];
  /** Variance of log(actual / expected) per window, counting noise included. */
  readonly rateVariance: readonly [number, number, number, number];
  readonly spendVariance: readonly [number, number, number, number];
}

import type { KeyGroup } from "../key/key-group.js";

/** How far a group's keys together usually are from what is expected of each of them, learned from a closed UTC day and those before. */
export interface GroupBaseline extends KeyGroup {
  /** The closed day, `YYYY-MM-DD`. */
  readonly day: string;
  /** Variance of log residuals of the sums beyond counting noise, and its weight in days: four windows of rate, then four of spend. */
  readonly noise: readonly number[];
  readonly noiseDays: readonly number[];
  /** Highest bin of the day per statistic; empty for a day that teaches nothing. */
  readonly dailyMaxBins: readonly number[];
}

import type { Baseline } from "./baseline.js";

/** As much of a snapshot as the ticks of one clock hour need. */
export interface HourForecast extends Pick<
  Baseline,
  | "keyId"
  | "observedBy"
  | "bornAt"
  | "churn"
  | "spendPerRequest"
  | "flat"
  | "levels"
  | "losses"
  | "noise"
  | "suspectUntil"
> {
  /** Running totals of the weekly predictor where windows begin and end (marksOfHour); empty when it knows nothing of the hour. */
  readonly weekly: Float64Array;
  /** The same of the daily predictor. */
  readonly daily: Float64Array;
  /** How many days the key's networks did not age. */
  readonly frozenDays: number;
}

/** The same of a whole snapshot, with the requests that are expected in each of its 576 slots; none where it knows nothing. */
export interface DayForecast extends Omit<HourForecast, "weekly" | "daily"> {
  readonly weeklySlots: Float64Array;
  readonly dailySlots: Float64Array;
}

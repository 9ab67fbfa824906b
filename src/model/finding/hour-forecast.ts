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
  readonly weekly: readonly number[];
  /** The same of the daily predictor. */
  readonly daily: readonly number[];
  /** How many days the key's networks did not age. */
  readonly frozenDays: number;
}

/** The same of a whole snapshot, with the requests that are expected in each of its 576 slots; none where it knows nothing. */
export interface DayForecast extends Omit<HourForecast, "weekly" | "daily"> {
  readonly weeklySlots: Float64Array;
  readonly dailySlots: Float64Array;
}

/**
 * A key's figures with the two runs of its hour. Field by field, and as short arrays: a copy by spread would give each of these many objects a hidden class of its
 * own, and a typed array takes more for itself than for a dozen numbers.
 */
export function withPredictors(
  of: Omit<HourForecast, "weekly" | "daily">,
  weekly: readonly number[],
  daily: readonly number[],
): HourForecast {
  const { keyId, observedBy, bornAt, spendPerRequest, flat, frozenDays, suspectUntil, churn, levels, losses, noise } =
    of;
  return {
    keyId,
    observedBy,
    bornAt,
    spendPerRequest,
    flat,
    frozenDays,
    suspectUntil,
    churn,
    levels,
    losses,
    noise,
    weekly,
    daily,
  };
}

import type { PredictionColumns } from "../../baseline/predict-day.js";
import { STATISTIC_COUNT } from "../../model/finding/statistics.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";

/** Room for a key's closed day, which the next key's is written over: to make 120 kB anew for each costs more than to fill them. */
export interface DayColumns extends PredictionColumns {
  /** Requests of the slots of the day before and of the day, and what these add up to. */
  readonly slots: Float64Array;
  readonly requestSums: Float64Array;
  readonly spendSums: Float64Array;
  /** By tick: 1 where the key itself did anything for a day. */
  readonly isUsed: Uint8Array;
  /** Four numbers a tick. */
  readonly requestsWithin: Float64Array;
  readonly spendWithin: Float64Array;
  readonly movedOn: Float64Array;
  /** The statistics of all ticks, one after the other. */
  readonly bins: Uint8Array;
}

/** Makes room for one day. */
export function newDayColumns(): DayColumns {
  const ofWindows = () => new Float64Array(4 * SLOTS_PER_DAY);
  return {
    slots: new Float64Array(2 * SLOTS_PER_DAY),
    requestSums: new Float64Array(2 * SLOTS_PER_DAY + 1),
    spendSums: new Float64Array(2 * SLOTS_PER_DAY + 1),
    isUsed: new Uint8Array(SLOTS_PER_DAY),
    requestsWithin: ofWindows(),
    spendWithin: ofWindows(),
    movedOn: ofWindows(),
    weekly: ofWindows(),
    daily: ofWindows(),
    flat: ofWindows(),
    expected: ofWindows(),
    bins: new Uint8Array(SLOTS_PER_DAY * STATISTIC_COUNT),
  };
}

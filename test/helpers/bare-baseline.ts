import type { Baseline } from "../../src/model/finding/baseline.js";
import { DAY_MS, dayStart } from "../../src/time/day.js";

/** A snapshot of a day (`YYYY-MM-DD`) that says little of a key which is three weeks old, with what a test says of it. */
export function bareBaseline(day: string, keyId: string, changed: Partial<Baseline> = {}): Baseline {
  return {
    day,
    keyId,
    observedBy: "gateway",
    bornAt: dayStart(day) - 20 * DAY_MS,
    requests: 100,
    spendMicros: 0,
    novelRequests: [],
    churn: [],
    spendPerRequest: 0,
    slots: [],
    weekly: [],
    daily: [],
    flat: 1,
    levels: [],
    losses: [],
    noise: [],
    noiseDays: [],
    dailyMaxBins: [],
    taughtDays: 20,
    highestScore: 0,
    suspectUntil: 0,
    frozenDays: [],
    ...changed,
  };
}

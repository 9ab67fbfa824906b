import type { Baseline } from "../model/baseline.js";
import type { ObservedBy } from "../model/request-event.js";
import { NOVELTY_LEVELS } from "../model/novelty.js";
import { round6 } from "../model/round.js";
import { SLOTS_PER_DAY } from "../model/window.js";
import { dailySlots, flatSlot, weeklySlots, type SlotsOfDay } from "./expected-slots.js";
import { learnModel, type LearnedTick, type Model } from "./learn-model.js";

/** Usual churn is the measured share with some room, shrunk towards none for keys with little traffic (specification 3.3). */
const CHURN_ROOM = 1.15;
const CHURN_PRIOR_REQUESTS = 20;

/** What is known of one key when a closed day of it is learned. */
export interface DayFacts {
  readonly day: string;
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly bornAt: number;
  /** Requests of the day's 288 slots. */
  readonly slots: readonly number[];
  readonly spendMicros: number;
  /** Requests of the day per novelty level. */
  readonly novelRequests: readonly number[];
  readonly before: Model;
  readonly ticks: Iterable<LearnedTick>;
  readonly dailyMaxBins: readonly number[];
  /** Expected slots of this day, as the snapshot of the day before had them for its next day. */
  readonly expectedToday: { readonly weekly: readonly number[]; readonly daily: readonly number[] };
  /** Slots of the days before the next day: 1 is the learned day. */
  readonly slotsBeforeNextDay: SlotsOfDay;
  /** Sums over the days that churn is measured on. */
  readonly churn: { readonly novelRequests: readonly number[]; readonly requests: number };
  /** Sums over the last six days, the learned one included. */
  readonly cost: { readonly spendMicros: number; readonly requests: number };
}

/** Learns one closed day of one key: what was usual, for the checks of the next day. */
export function learnDay(facts: DayFacts): Baseline {
  const nextWeekly = weeklySlots(facts.slotsBeforeNextDay);
  const nextDaily = dailySlots(facts.slotsBeforeNextDay);
  return {
    day: facts.day,
    keyId: facts.keyId,
    observedBy: facts.observedBy,
    bornAt: facts.bornAt,
    requests: facts.slots.reduce((a, b) => a + b, 0),
    spendMicros: facts.spendMicros,
    novelRequests: facts.novelRequests,
    churn: NOVELTY_LEVELS.map((_, g) =>
      round6(
        Math.min(1, (CHURN_ROOM * (facts.churn.novelRequests[g] ?? 0)) / (facts.churn.requests + CHURN_PRIOR_REQUESTS)),
      ),
    ),
    spendPerRequest: facts.cost.requests === 0 ? 0 : round6(facts.cost.spendMicros / facts.cost.requests),
    slots: facts.slots,
    weekly: joinDays(facts.expectedToday.weekly, nextWeekly),
    daily: joinDays(facts.expectedToday.daily, nextDaily),
    flat: flatSlot(facts.slotsBeforeNextDay),
    ...learnModel(facts.before, facts.ticks),
    dailyMaxBins: facts.dailyMaxBins,
  };
}

/** Today's and the next day's expected slots in one series; where today was not expected, it is taken to be like the next day. */
function joinDays(today: readonly number[], next: readonly number[]): readonly number[] {
  if (next.length === 0) return [];
  return [...(today.length === SLOTS_PER_DAY ? today : next), ...next];
}

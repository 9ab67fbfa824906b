import type { Baseline } from "../model/finding/baseline.js";
import type { ObservedBy } from "../model/event/request-event.js";
import { NOVELTY_LEVELS } from "../model/finding/novelty.js";
import { round6 } from "../model/round.js";
import { SLOTS_PER_DAY } from "../model/finding/window.js";
import { dailySlots, flatSlot, weeklySlots, type SlotsOfDay } from "./expected-slots.js";
import { FIRST_MODEL, learnModel, type TaughtDay } from "./learn-model.js";

/** Usual churn is the measured share with some room, shrunk towards none for keys with little traffic (docs/detection.md, 3). */
const CHURN_ROOM = 1.15;
const CHURN_PRIOR_REQUESTS = 20;

/** What is known of one key when a closed day of it is learned. */
export interface DayFacts {
  readonly day: string;
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly bornAt: number;
  /** Requests of the day's 288 slots, as far as they are known and above suspicion. */
  readonly slots: readonly number[];
  readonly requests: number;
  readonly spendMicros: number;
  /** Requests of the day per novelty level. */
  readonly novelRequests: readonly number[];
  /** Snapshot of the day before; null on the key's first day. */
  readonly before: Baseline | null;
  /** Null before the key's second day. */
  readonly taught: TaughtDay | null;
  readonly dailyMaxBins: readonly number[];
  readonly trust: Pick<Baseline, "highestScore" | "suspectUntil" | "frozenDays">;
  /** Slots of the days before the next day: 1 is the learned day. */
  readonly slotsBeforeNextDay: SlotsOfDay;
  /** Sums over the days that churn is measured on. */
  readonly churn: { readonly novelRequests: readonly number[]; readonly requests: number };
  /** Sums over the last six days, the learned one included. */
  readonly cost: { readonly spendMicros: number; readonly requests: number };
}

/** Learns one closed day of one key: what was usual, for the checks of the next day. Where nothing was learned, it stays as it was. */
export function learnDay(facts: DayFacts): Baseline {
  const { before } = facts;
  const [weekly, daily] = [tomorrow(before?.weekly), tomorrow(before?.daily)];
  const nextWeekly = weeklySlots(facts.slotsBeforeNextDay, weekly);
  const nextDaily = dailySlots(facts.slotsBeforeNextDay, daily);
  return {
    day: facts.day,
    keyId: facts.keyId,
    observedBy: facts.observedBy,
    bornAt: facts.bornAt,
    requests: facts.requests,
    spendMicros: facts.spendMicros,
    novelRequests: facts.novelRequests,
    churn: churnOf(facts),
    spendPerRequest:
      facts.cost.requests === 0 ? (before?.spendPerRequest ?? 0) : round6(facts.cost.spendMicros / facts.cost.requests),
    slots: facts.slots,
    weekly: joinDays(weekly, nextWeekly),
    daily: joinDays(daily, nextDaily),
    flat: flatSlot(facts.slotsBeforeNextDay, before?.flat ?? -1),
    ...learnModel(before ?? FIRST_MODEL, facts.taught),
    dailyMaxBins: facts.dailyMaxBins,
    taughtDays: (before?.taughtDays ?? 0) + (facts.dailyMaxBins.length > 0 ? 1 : 0),
    highestScore: facts.trust.highestScore,
    suspectUntil: facts.trust.suspectUntil,
    frozenDays: facts.trust.frozenDays,
  };
}

/** Second half of a snapshot's expectation: the day after it. */
function tomorrow(expected: readonly number[] | undefined): readonly number[] {
  return expected?.slice(SLOTS_PER_DAY) ?? [];
}

function churnOf({ churn, before }: DayFacts): readonly number[] {
  if (churn.requests === 0) return before?.churn ?? NOVELTY_LEVELS.map(() => 0);
  return NOVELTY_LEVELS.map((_, g) =>
    round6(Math.min(1, (CHURN_ROOM * (churn.novelRequests[g] ?? 0)) / (churn.requests + CHURN_PRIOR_REQUESTS))),
  );
}

/** Today's and the next day's expected slots in one series; where today was not expected, it is taken to be like the next day. */
function joinDays(today: readonly number[], next: readonly number[]): readonly number[] {
  if (next.length === 0) return [];
  return [...(today.length === SLOTS_PER_DAY ? today : next), ...next];
}

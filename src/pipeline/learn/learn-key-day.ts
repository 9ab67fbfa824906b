import { addSlots } from "../../baseline/add-slots.js";
import type { SlotsOfDay } from "../../baseline/expected-slots.js";
import { isKnownSlot } from "../../baseline/observed-slots.js";
import { learnDay } from "../../baseline/learn-day.js";
import type { TaughtDay } from "../../baseline/learn-model.js";
import { TRUSTED, trustAfter, type ScoredTick, type Trust } from "../../baseline/suspicion.js";
import { score } from "../../detect/fusion.js";
import { heldBack } from "../../detect/short-past.js";
import { surpriseUnder, type BinHistory } from "../../detect/surprise.js";
import { teachingLimits, type Thresholds } from "../../detect/threshold.js";
import { UNKNOWN_SLOT, type Baseline } from "../../model/finding/baseline.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import { addDays, DAY_MS } from "../../time/day.js";
import { tickAt, type DayOfKey, type OpenDay } from "./open-day.js";
import type { Replay, ReplayedTick } from "./replay-day.js";
import type { Subject } from "../../model/subject.js";

/** Sums over the days before a learned one, of those days that teach. */
export interface PastSums {
  readonly novelRequests: readonly number[];
  readonly churnRequests: number;
  readonly costMicros: number;
  readonly costRequests: number;
}

/** Everything that a key's closed day is learned from. */
export interface KeyDay {
  readonly subject: Subject;
  readonly day: OpenDay;
  readonly replay: Replay;
  /** Ticks that the key's own history decides on, oldest first (ticksThatMatter). */
  readonly mattering: readonly ReplayedTick[];
  readonly history: BinHistory;
  readonly sums: PastSums;
  /** Slots of the days before the next day: 2 is the day before the learned one, 1 is that one, of keys that it succeeds. */
  readonly slotsOfDay: SlotsOfDay;
}

/**
 * Days that the snapshot of a day sums up: churn from 18 to 4 days before the checks of the next day, cost over six days,
 * slots at the lags of the predictors.
 */
export function pastDays(day: string) {
  return {
    churnFrom: addDays(day, -17),
    churnTo: addDays(day, -4),
    costFrom: addDays(day, -5),
    lags: [1, 2, 3, 4, 5, 6, 13, 20, 27].map((lag) => addDays(day, -lag)),
  };
}

/** Learns one key's closed day, of which only what is known and above suspicion teaches, and gives the scores that mattered. */
export function learnKeyDay(
  key: KeyDay,
  limits: Thresholds,
): { readonly baseline: Baseline; readonly scores: readonly ScoredTick[] } {
  const { replay, sums } = key;
  const { of, start } = key.day;
  const bornOn = Math.floor(of.bornAt / DAY_MS) * DAY_MS;
  const scores = key.mattering.map(({ at, bins, firstDays }) => ({
    at,
    score: score(bins, surpriseUnder(key.history, firstDays), {
      isPlaced: of.isPlaced,
      firstDays: firstDays?.kind ?? null,
      heldBack: heldBack(key.history, limits.learnedDays),
    }).value,
  }));
  const trust = trustAfter(trustBefore(of), { day: of.day, start }, scores, teachingLimits(limits));
  const teaches = new Uint8Array(SLOTS_PER_DAY);
  const slots: number[] = [];
  let isTainted = false;
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
    const isSuspect = trust.isSuspect(tickAt(start, tick));
    isTainted ||= isSuspect;
    teaches[tick] = isKnownSlot(of.shares, SLOTS_PER_DAY + tick) && !isSuspect ? 1 : 0;
    slots.push(teaches[tick] === 1 ? key.day.slots[SLOTS_PER_DAY + tick]! : UNKNOWN_SLOT);
  }
  const dayTeaches = !isTainted && teaches.includes(1);
  const baseline = learnDay({
    day: of.day,
    ...key.subject,
    bornAt: of.bornAt,
    slots,
    requests: key.day.requests,
    spendMicros: key.day.spendMicros,
    novelRequests: replay.novelRequests,
    before: of.before,
    taught: taughtDay(key.day, teaches),
    dailyMaxBins: dayTeaches ? [...replay.highest] : [],
    trust,
    slotsBeforeNextDay: (daysAgo) => {
      // The day on which the key was born is not whole.
      if (start + (1 - daysAgo) * DAY_MS <= bornOn) return undefined;
      const past = key.slotsOfDay(daysAgo);
      return daysAgo > 1 ? past : past === undefined ? slots : addSlots(slots, past);
    },
    churn: { novelRequests: sums.novelRequests, requests: sums.churnRequests },
    cost: {
      spendMicros: sums.costMicros + (dayTeaches ? key.day.spendMicros : 0),
      requests: sums.costRequests + (dayTeaches ? key.day.requests : 0),
    },
  });
  return { baseline, scores };
}

/** Trust in the key before a day: what aged no network of a key that it succeeds ages none of its own. */
function trustBefore({ before, elders }: DayOfKey): Trust {
  const own = before ?? TRUSTED;
  if (elders.every((elder) => (elder.before?.frozenDays ?? []).length === 0)) return own;
  const held = new Set(
    [own, ...elders.map((elder) => elder.before ?? TRUSTED)].flatMap(({ frozenDays }) => frozenDays),
  );
  return { suspectUntil: own.suspectUntil, frozenDays: [...held].toSorted() };
}

/** What the model learns from; null before the key's second day. */
function taughtDay({ of, requestsWithin, spendWithin, predictions }: OpenDay, teaches: Uint8Array): TaughtDay | null {
  if (predictions === null) return null;
  const spendPerRequest = of.before?.spendPerRequest ?? 0;
  return { teaches, requests: requestsWithin, spendMicros: spendWithin, spendPerRequest, predictions };
}

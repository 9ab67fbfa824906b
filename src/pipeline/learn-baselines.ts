import { learnDay } from "../baseline/learn-day.js";
import { FIRST_MODEL } from "../baseline/learn-model.js";
import { BASELINE_VERSION, type Baseline } from "../model/baseline.js";
import { SLOTS_PER_DAY } from "../model/window.js";
import type { LearnableDay } from "../store/baselines.js";
import type { Store } from "../store/store.js";
import type { Subject } from "../store/usage.js";
import { addDays, DAY_MS, dayOf, dayStart } from "../time/day.js";
import { replayDay } from "./replay-day.js";
import { groupBySubject, indexBySubject, subjectKey } from "./subject-key.js";

/** Lags need four weeks, and the history of surprises as much again before it is complete. */
const LEARNED_DAYS = 60;
/** A learned day is learned again when this share of new event rows has come, and none came for a while. */
const STALE_SHARE = 0.005;
const QUIET_MS = 10_000;

/** Which days were learned by a run. */
export interface LearnReport {
  readonly learned: readonly string[];
}

/** Days that checks still have to wait for, oldest first. */
export function daysToLearn(days: readonly LearnableDay[]): readonly LearnableDay[] {
  return days.filter(
    (day) => day.learnedEvents < 0 || day.events - day.learnedEvents > STALE_SHARE * day.learnedEvents,
  );
}

/**
 * Learns every closed day (UTC) that has not been learned or has changed since, oldest first, and all days after it, since each
 * stands on the one before. `settledUntil` (epoch ms) is the end of what is known to be complete.
 */
export async function learnBaselines(store: Store, now: number, settledUntil: number): Promise<LearnReport> {
  const closedUntil = dayStart(dayOf(settledUntil));
  const days = await store.readLearnableDays(closedUntil - LEARNED_DAYS * DAY_MS, closedUntil);
  const first = daysToLearn(days).find((day) => day.learnedEvents < 0 || now - day.lastIngestedAt >= QUIET_MS);
  const due = first === undefined ? [] : days.filter((day) => day.day >= first.day);
  for (const day of due) await learnOneDay(store, day, now);
  return { learned: due.map((day) => day.day) };
}

async function learnOneDay(store: Store, { day, events, heard }: LearnableDay, now: number): Promise<void> {
  const startedAt = Date.now();
  const start = dayStart(day);
  // Snapshots of earlier days that this run has just written are visible from this instant on.
  const computedAt = Math.max(now, startedAt);
  const lagDays = [1, 2, 3, 4, 5, 6, 13, 20, 27].map((lag) => addDays(day, -lag));
  const [before, lags, sums, usage, novel, births, keys] = await Promise.all([
    store.readBaselines(addDays(day, -1), computedAt),
    store.readBaselineSlots(lagDays, computedAt),
    store.readBaselineSums({ day, ...sumsFor(day) }, computedAt),
    store.readUsageSlots(start, null),
    store.readNovelSlots(start, null),
    store.readBirths(start + DAY_MS, null),
    store.readKeys(start + DAY_MS, computedAt),
  ]);
  const beforeOf = indexBySubject(before);
  const lagsOf = groupBySubject(lags);
  const sumsOf = indexBySubject(sums);
  const usageOf = indexBySubject(usage);
  const novelOf = groupBySubject(novel);
  const baselines = births.map((birth): Baseline => {
    const subject = subjectKey(birth);
    const previous = beforeOf.get(subject) ?? null;
    const replay = replayDay({
      day,
      heard,
      bornAt: birth.bornAt,
      before: previous,
      usage: usageOf.get(subject) ?? null,
      novel: novelOf.get(subject) ?? [],
      limitPerMinute: keys.get(birth.keyId)?.limitPerMinute ?? null,
    });
    const sum = sumsOf.get(subject);
    const slotsOfDay = new Map((lagsOf.get(subject) ?? []).map((lag) => [lag.day, lag.slots]));
    return learnDay({
      day,
      keyId: birth.keyId,
      observedBy: birth.observedBy,
      bornAt: birth.bornAt,
      slots: replay.slots,
      spendMicros: replay.spendMicros,
      novelRequests: replay.novelRequests,
      before: previous ?? FIRST_MODEL,
      ticks: replay.ticks,
      dailyMaxBins: replay.dailyMaxBins,
      expectedToday: {
        weekly: previous?.weekly.slice(SLOTS_PER_DAY) ?? [],
        daily: previous?.daily.slice(SLOTS_PER_DAY) ?? [],
      },
      slotsBeforeNextDay: slotsBeforeNextDay(day, birth, replay.slots, slotsOfDay),
      churn: { novelRequests: sum?.novelRequests ?? [], requests: sum?.churnRequests ?? 0 },
      cost: {
        spendMicros: (sum?.costMicros ?? 0) + replay.spendMicros,
        requests: (sum?.costRequests ?? 0) + replay.requests,
      },
    });
  });
  await store.insertBaselines(day, computedAt, baselines);
  await store.insertCheckRuns([
    {
      job: "learn-baselines",
      tick: start + DAY_MS,
      asOf: computedAt,
      reason: "learn",
      outcome: "evaluated",
      detail: "",
      events,
      version: BASELINE_VERSION,
      keys: baselines.length,
      findings: 0,
      baselineDay: addDays(day, -1),
      durationMs: Date.now() - startedAt,
    },
  ]);
}

/** Days that the snapshot of a day sums up: churn from 18 to 4 days before the checks of the next day, cost over six days. */
function sumsFor(day: string) {
  return { churnFrom: addDays(day, -17), churnTo: addDays(day, -4), costFrom: addDays(day, -5) };
}

/** Days before the day after `day`; one on which the key was born, or nobody was heard, does not count, since it is not whole. */
function slotsBeforeNextDay(
  day: string,
  birth: Subject & { readonly bornAt: number },
  today: readonly number[],
  known: ReadonlyMap<string, readonly number[]>,
) {
  return (daysAgo: number): readonly number[] | undefined => {
    const wanted = addDays(day, 1 - daysAgo);
    if (wanted <= dayOf(birth.bornAt)) return undefined;
    const slots = daysAgo === 1 ? today : known.get(wanted);
    return slots?.length === SLOTS_PER_DAY ? slots : undefined;
  };
}

import { setImmediate } from "node:timers/promises";
import { heardShares, isKnownSlot } from "../baseline/heard-slots.js";
import { NO_HISTORY } from "../detect/surprise.js";
import type { Thresholds } from "../detect/threshold.js";
import { BASELINE_VERSION, type Baseline } from "../model/baseline.js";
import { groupsOf } from "../model/key-group.js";
import { SLOTS_PER_DAY } from "../model/window.js";
import type { LearnableDay } from "../store/learned-days.js";
import type { Store } from "../store/store.js";
import type { Subject } from "../store/usage.js";
import { addDays, DAY_MS, dayStart } from "../time/day.js";
import { heldKeys } from "./held-keys.js";
import { keysToLearn } from "./keys-to-learn.js";
import { GroupDay } from "./learn-groups.js";
import { learnKeyDay, pastDays } from "./learn-key-day.js";
import { readHistories } from "./read-histories.js";
import { openDay, replayDay, ticksThatMatter, type DayOfKey } from "./replay-day.js";
import { groupBySubject, indexBySubject, subjectKey } from "./subject-key.js";

/** What is on file of so many keys is in memory at once, some 60 kB each. */
const KEYS_READ = 2000;
/** So many keys are replayed in one go: nothing else of the process runs meanwhile. */
const KEYS_AT_ONCE = 50;

/** What days are learned with. */
export interface LearnDeps {
  readonly store: Store;
  /** From the notice threshold on a day ages no network; from the page threshold on a key teaches nothing. */
  readonly limits: Thresholds;
  /** How many keys that nobody registered are learned: those with most served requests. */
  readonly unregisteredKeys: number;
}

/** A closed day that is being learned. */
interface OpenLearning {
  readonly store: Store;
  readonly limits: Thresholds;
  readonly day: string;
  readonly start: number;
  readonly heard: boolean;
  /** Epoch ms as of which snapshots of earlier days are read, those included that this run has just written. */
  readonly computedAt: number;
  readonly keys: Awaited<ReturnType<Store["readKeys"]>>;
  readonly shares: Float64Array | null;
}

/** Learns a closed day (UTC) of every key that is learned, and puts it on file as the last step. */
export async function learnClosedDay(
  deps: LearnDeps,
  { day, events, heard }: LearnableDay,
  now: number,
): Promise<void> {
  const { store, limits } = deps;
  const startedAt = Date.now();
  const start = dayStart(day);
  const computedAt = Math.max(now, startedAt);
  const [keys, minutes, groupsBefore] = await Promise.all([
    store.readKeys(start + DAY_MS, computedAt),
    store.readHeardMinutes(start - DAY_MS, start + DAY_MS),
    store.readGroupBaselines(addDays(day, -1), computedAt),
  ]);
  const shares = heard ? heardShares(minutesOf(minutes), start - DAY_MS, start + DAY_MS) : SILENCE;
  const open: OpenLearning = { store, limits, day, start, heard, computedAt, keys, shares };
  const ids = await keysToLearn(store, keys, start + DAY_MS, computedAt, deps.unregisteredKeys);
  const parts = Array.from({ length: Math.ceil(ids.length / KEYS_READ) }, (_, i) =>
    ids.slice(i * KEYS_READ, (i + 1) * KEYS_READ),
  );
  const groupDay = new GroupDay(day);
  let last: { readonly part: readonly string[]; readonly days: readonly DayOfSubject[] } | null = null;
  for (const part of parts) {
    last = { part, days: await readDays(open, part) };
    for (const [i, { groups, of }] of last.days.entries()) {
      if (i % KEYS_AT_ONCE === 0) await setImmediate();
      groupDay.add(groups, openDay(of), of.before);
    }
  }
  let learned = 0;
  // What groups did takes all keys, and all days together would not fit into memory: they are read twice, the last ones once.
  for (const part of parts.toReversed()) {
    const days: readonly DayOfSubject[] = last?.part === part ? last.days : await readDays(open, part);
    last = null;
    const baselines = await learnPart(open, part, days, groupDay);
    await store.insertBaselines(day, computedAt, baselines);
    learned += baselines.length;
  }
  const isKnown = (slot: number) => isKnownSlot(shares, SLOTS_PER_DAY + slot);
  await store.insertGroupBaselines(day, computedAt, groupDay.learn(groupsBefore, isKnown));
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
      keys: learned,
      findings: 0,
      baselineDay: addDays(day, -1),
      durationMs: Date.now() - startedAt,
    },
  ]);
}

/** A key's closed day, and the groups that it is of. */
interface DayOfSubject {
  readonly subject: Subject;
  readonly groups: readonly string[];
  readonly of: DayOfKey;
}

/** Reads what some keys did on the day and the one before it, and what was known of them. */
async function readDays(open: OpenLearning, ids: readonly string[]): Promise<DayOfSubject[]> {
  const { store, day, start, heard, computedAt, keys, shares } = open;
  const before = await store.readBaselines(addDays(day, -1), computedAt, ids);
  const registry = { at: start + DAY_MS, visible: computedAt };
  const [usage, novel, births] = await Promise.all([
    heard ? store.readUsageSlots(start, null, ids) : [],
    heard ? store.readNovelSlots({ dayStart: start, held: heldKeys(before), registry, keys: ids }, null) : [],
    store.readBirths(start + DAY_MS, null, ids),
  ]);
  const beforeOf = indexBySubject(before);
  const usageOf = indexBySubject(usage);
  const novelOf = groupBySubject(novel);
  return births.map(({ bornAt, ...subject }) => {
    const name = subjectKey(subject);
    const key = keys.get(subject.keyId);
    return {
      subject,
      groups: groupsOf(key, subject.observedBy),
      of: {
        day,
        bornAt,
        before: beforeOf.get(name) ?? null,
        usage: usageOf.get(name) ?? null,
        novel: novelOf.get(name) ?? [],
        limitPerMinute: key?.limitPerMinute ?? null,
        shares,
      },
    };
  });
}

async function learnPart(
  { store, limits, day, computedAt }: OpenLearning,
  ids: readonly string[],
  days: readonly DayOfSubject[],
  groupDay: GroupDay,
): Promise<Baseline[]> {
  const past = pastDays(day);
  const [lags, sums] = await Promise.all([
    store.readBaselineSlots(past.lags, computedAt, ids),
    store.readBaselineSums({ day, ...past }, computedAt, ids),
  ]);
  const [lagsOf, sumsOf] = [groupBySubject(lags), indexBySubject(sums)];
  const baselines: Baseline[] = [];
  for (let i = 0; i < days.length; i += KEYS_AT_ONCE) {
    await setImmediate();
    const chunk = days.slice(i, i + KEYS_AT_ONCE).map(({ subject, groups, of }) => {
      const replay = replayDay(openDay(of), of.before, groupDay.surgeAt(groups));
      return { subject, of, replay, mattering: ticksThatMatter(replay, limits.notice) };
    });
    const suspects = chunk.filter(({ mattering }) => mattering.length > 0).map(({ subject }) => subject.keyId);
    const historyOf = await readHistories(store, day, suspects, computedAt);
    for (const { subject, of, replay, mattering } of chunk) {
      const name = subjectKey(subject);
      const slots = new Map((lagsOf.get(name) ?? []).map((lag) => [lag.day, lag.slots]));
      const key = {
        subject,
        of,
        replay,
        mattering,
        history: historyOf.get(name) ?? NO_HISTORY,
        sums: sumsOf.get(name) ?? NO_SUMS,
        slotsOfDay: (daysAgo: number) => wholeDay(slots.get(addDays(day, 1 - daysAgo))),
      };
      baselines.push(learnKeyDay(key, limits).baseline);
    }
  }
  return baselines;
}

const NO_SUMS = { novelRequests: [], churnRequests: 0, costMicros: 0, costRequests: 0 };
/** Nobody was heard all day: nothing is known of it, whatever the day before was. */
const SILENCE = new Float64Array(2 * SLOTS_PER_DAY);

const minutesOf = (heard: readonly { readonly minute: number }[]) => heard.map(({ minute }) => minute);
const wholeDay = (slots: readonly number[] | undefined) => (slots?.length === SLOTS_PER_DAY ? slots : undefined);

import { setImmediate } from "node:timers/promises";
import { observedShares, isKnownSlot } from "../../baseline/observed-slots.js";
import { NO_HISTORY } from "../../detect/surprise.js";
import { budgetInForce, type AlarmBudget } from "../../detect/alarm-budget.js";
import { teachingLimits } from "../../detect/threshold.js";
import { BASELINE_VERSION, type Baseline } from "../../model/finding/baseline.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import type { LearnableDay } from "../../store/learn/learned-days.js";
import type { Store } from "../../store/store.js";
import { lineagesOf } from "../../model/key/lineage.js";
import { addDays, DAY_MS, dayStart } from "../../time/day.js";
import { newDayColumns, type DayColumns } from "./day-columns.js";
import { Heritage } from "./heritage.js";
import { inParts } from "../../model/key/in-parts.js";
import { KeptTraffic } from "./kept-traffic.js";
import { keysToLearn } from "./keys-to-learn.js";
import { GroupDay } from "./learn-groups.js";
import { learnKeyDay, pastDays, type KeyDay } from "./learn-key-day.js";
import type { OpenLearning } from "./open-learning.js";
import type { DayOfKeys, DayOfSubject } from "./read-day-of-keys.js";
import { readHistories } from "./read-histories.js";
import { readParts, type Kept } from "./read-parts.js";
import type { Part } from "./read-traffic.js";
import { measureTail } from "./measure-tail.js";
import { openDay } from "./open-day.js";
import { replayDay, ticksThatMatter } from "./replay-day.js";
import { groupBySubject, indexBySubject, subjectKey } from "../../model/subject.js";

/** What is on file of so many keys, and of as many that come next, is in memory at once, some 40 kB each. */
const KEYS_READ = 1000;
/** So many keys are replayed in one go: nothing else of the process runs meanwhile. */
const KEYS_AT_ONCE = 50;
/** The histories of so many keys, as far as any matters, are one question; each key is laid out in 120 kB until it is answered. */
const KEYS_LAID_OUT = 200;
/** The oldest day that predictors look at lies four weeks before the expected one. */
const PREDICTED_FROM_DAYS = 28;

/** What days are learned with. */
export interface LearnDeps {
  readonly store: Store;
  /** From the notice threshold on a day ages no network; from the page threshold on a key teaches nothing. */
  readonly budget: AlarmBudget;
  /** How many keys that nobody registered are learned: those with most served requests. */
  readonly unregisteredKeys: number;
}

/** Learns a closed day (UTC) of every key that is learned, and puts it on file as the last step. */
export async function learnClosedDay(deps: LearnDeps, closed: LearnableDay, now: number): Promise<void> {
  const { store } = deps;
  const startedAt = Date.now();
  const open = await openLearning(deps, closed, Math.max(now, startedAt));
  const { day, start, computedAt, keys, lineages, shares } = open;
  const ids = await keysToLearn(store, keys, start + DAY_MS, computedAt, deps.unregisteredKeys);
  const parts = inParts(ids, lineages, KEYS_READ);
  // What groups did takes all keys, whose days together might not fit into memory.
  const kept: Kept = { last: null, traffic: new KeptTraffic() };
  const groupDay = await addUpGroups(open, parts, kept);
  const learned = await learnParts(open, parts, kept, groupDay);
  const groupsBefore = await store.learn.readGroupBaselines(addDays(day, -1), computedAt);
  const isKnown = (slot: number) => isKnownSlot(shares, SLOTS_PER_DAY + slot);
  await store.learn.insertGroupBaselines(day, computedAt, groupDay.learn(groupsBefore, isKnown));
  const [watched, tail] = await Promise.all([store.learn.countWatchedKeys(day, computedAt), measureTail(store, open)]);
  await store.learn.insertFleetDay(day, computedAt, { ...watched, tail });
  await recordLearned(open, closed.events, learned, Date.now() - startedAt);
}

async function openLearning(
  { store, budget }: LearnDeps,
  { day, observed }: LearnableDay,
  computedAt: number,
): Promise<OpenLearning> {
  const start = dayStart(day);
  const [keys, minutes, fleet] = await Promise.all([
    store.registry.readKeys(start + DAY_MS, computedAt),
    store.check.readObservedMinutes(start - DAY_MS, start + DAY_MS),
    store.learn.readFleetDay(addDays(day, -1), computedAt),
  ]);
  // Those that the checks of the day went by.
  const limits = budgetInForce(budget, fleet).thresholds;
  const shares = observed ? observedShares(minutesOf(minutes), start - DAY_MS, start + DAY_MS) : SILENCE;
  return { store, limits, day, start, observed, computedAt, keys, lineages: lineagesOf(keys), shares };
}

/** Adds up what groups of keys did, part by part; the last part stays in memory. */
async function addUpGroups(open: OpenLearning, parts: readonly Part[], kept: Kept): Promise<GroupDay> {
  const groupDay = new GroupDay(open.day);
  const columns = newDayColumns();
  for await (const last of readParts(open, parts, kept)) {
    if (kept.last !== null) kept.traffic.keep(kept.last.part, kept.last.read.traffic);
    kept.last = last;
    for (const [i, { groups, of, isSuperseded }] of last.read.days.entries()) {
      if (i % KEYS_AT_ONCE === 0) await setImmediate();
      if (!isSuperseded) groupDay.add(groups, openDay(of, columns));
    }
  }
  return groupDay;
}

/** Learns every key, beginning with the part that is in memory; gives how many. */
async function learnParts(open: OpenLearning, parts: readonly Part[], kept: Kept, groupDay: GroupDay): Promise<number> {
  let learned = 0;
  const room: DayColumns[] = [];
  for await (const { part, read } of readParts(open, parts.toReversed(), kept)) {
    kept.last = null;
    const baselines = await learnPart(open, part, read, groupDay, room);
    await open.store.learn.insertBaselines(open.day, open.computedAt, baselines);
    learned += baselines.length;
  }
  return learned;
}

async function recordLearned(
  { store, day, start, computedAt }: OpenLearning,
  events: number,
  keys: number,
  durationMs: number,
): Promise<void> {
  await store.check.insertCheckRuns([
    {
      job: "learn-baselines",
      tick: start + DAY_MS,
      asOf: computedAt,
      reason: "learn",
      outcome: "evaluated",
      detail: "",
      events,
      version: BASELINE_VERSION,
      keys,
      findings: 0,
      baselineDay: addDays(day, -1),
      durationMs,
    },
  ]);
}

async function learnPart(
  open: OpenLearning,
  ids: readonly string[],
  { days, records }: DayOfKeys,
  groupDay: GroupDay,
  room: DayColumns[],
): Promise<Baseline[]> {
  const { store, day, computedAt, lineages } = open;
  const past = pastDays(day);
  const [lags, sums] = await Promise.all([
    store.learn.readBaselineSlots(past.lags, computedAt, ids),
    store.learn.readBaselineSums({ day, ...past }, computedAt, ids),
  ]);
  const heritage = new Heritage(lineages, { ...records, lags: groupBySubject(lags), sums: indexBySubject(sums) });
  const baselines: Baseline[] = [];
  for (let i = 0; i < days.length; i += KEYS_LAID_OUT)
    baselines.push(...(await learnKeys(open, days.slice(i, i + KEYS_LAID_OUT), heritage, groupDay, room)));
  return baselines;
}

/** Learns some keys, in order: what a key was taught is known to those that succeed it. */
async function learnKeys(
  { store, limits, day, computedAt, lineages }: OpenLearning,
  days: readonly DayOfSubject[],
  heritage: Heritage,
  groupDay: GroupDay,
  room: DayColumns[],
): Promise<Baseline[]> {
  const least = teachingLimits(limits).notice;
  const replayed: Omit<KeyDay, "history" | "sums" | "slotsOfDay">[] = [];
  for (const [i, { subject, groups, of }] of days.entries()) {
    if (i % KEYS_AT_ONCE === 0) await setImmediate();
    const opened = openDay(of, (room[i] ??= newDayColumns()));
    const replay = replayDay(opened, groupDay.surgesOf(groups));
    replayed.push({ subject, day: opened, replay, mattering: ticksThatMatter(opened, replay, least) });
  }
  const suspects = replayed.filter(({ mattering }) => mattering.length > 0).map(({ subject }) => subject.keyId);
  const historyOf = await readHistories(store, day, suspects, computedAt, lineages);
  const dayBefore = Array.from({ length: PREDICTED_FROM_DAYS + 1 }, (_, daysAgo) => addDays(day, 1 - daysAgo));
  const baselines: Baseline[] = [];
  for (const [i, one] of replayed.entries()) {
    if (i % KEYS_AT_ONCE === 0) await setImmediate();
    const name = subjectKey(one.subject);
    const history = historyOf.get(name) ?? NO_HISTORY;
    const slotsOfDay = (daysAgo: number) => heritage.slotsOfDay(name, dayBefore[daysAgo]!);
    const { baseline } = learnKeyDay({ ...one, history, sums: heritage.sums(name), slotsOfDay }, limits);
    heritage.learned(name, day, baseline.slots);
    baselines.push(baseline);
  }
  return baselines;
}

/** Nobody was heard all day: nothing is known of it, whatever the day before was. */
const SILENCE = new Float64Array(2 * SLOTS_PER_DAY);

const minutesOf = (observed: readonly { readonly minute: number }[]) => observed.map(({ minute }) => minute);

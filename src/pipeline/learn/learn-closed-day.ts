import { setImmediate } from "node:timers/promises";
import { heardShares, isKnownSlot } from "../../baseline/heard-slots.js";
import { NO_HISTORY } from "../../detect/surprise.js";
import type { Thresholds } from "../../detect/threshold.js";
import { BASELINE_VERSION, type Baseline } from "../../model/finding/baseline.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import type { LearnableDay } from "../../store/learn/learned-days.js";
import type { Store } from "../../store/store.js";
import { lineagesOf } from "../../model/key/lineage.js";
import { addDays, DAY_MS, dayStart } from "../../time/day.js";
import { Heritage } from "./heritage.js";
import { inParts } from "../../model/key/in-parts.js";
import { keysToLearn } from "./keys-to-learn.js";
import { GroupDay } from "./learn-groups.js";
import { learnKeyDay, pastDays } from "./learn-key-day.js";
import { readDayOfKeys, type DayOfKeys, type OpenLearning } from "./read-day-of-keys.js";
import { readHistories } from "./read-histories.js";
import { openDay, replayDay, ticksThatMatter } from "./replay-day.js";
import { groupBySubject, indexBySubject, subjectKey } from "../../model/subject.js";

/** What is on file of so many keys is in memory at once, some 60 kB each. */
const KEYS_READ = 1000;
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
  const lineages = lineagesOf(keys);
  const open: OpenLearning = { store, limits, day, start, heard, computedAt, keys, lineages, shares };
  const ids = await keysToLearn(store, keys, start + DAY_MS, computedAt, deps.unregisteredKeys);
  const parts = inParts(ids, lineages, KEYS_READ);
  const groupDay = new GroupDay(day);
  let last: { readonly part: readonly string[]; readonly read: DayOfKeys } | null = null;
  for (const part of parts) {
    // Two parts at once would be twice the memory.
    last = null;
    last = { part, read: await readDayOfKeys(open, part) };
    for (const [i, { groups, of, isSuperseded }] of last.read.days.entries()) {
      if (i % KEYS_AT_ONCE === 0) await setImmediate();
      if (!isSuperseded) groupDay.add(groups, openDay(of), of.before);
    }
  }
  let learned = 0;
  // What groups did takes all keys, and all days together would not fit into memory: they are read twice, the last ones once.
  for (const part of parts.toReversed()) {
    const read: DayOfKeys = last?.part === part ? last.read : await readDayOfKeys(open, part);
    last = null;
    const baselines = await learnPart(open, part, read, groupDay);
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

async function learnPart(
  { store, limits, day, computedAt, lineages }: OpenLearning,
  ids: readonly string[],
  { days, records }: DayOfKeys,
  groupDay: GroupDay,
): Promise<Baseline[]> {
  const past = pastDays(day);
  const [lags, sums] = await Promise.all([
    store.readBaselineSlots(past.lags, computedAt, ids),
    store.readBaselineSums({ day, ...past }, computedAt, ids),
  ]);
  const heritage = new Heritage(lineages, { ...records, lags: groupBySubject(lags), sums: indexBySubject(sums) });
  const baselines: Baseline[] = [];
  for (let i = 0; i < days.length; i += KEYS_AT_ONCE) {
    await setImmediate();
    const chunk = days.slice(i, i + KEYS_AT_ONCE).map(({ subject, groups, of }) => {
      const replay = replayDay(openDay(of), of.before, groupDay.surgeAt(groups));
      return { subject, of, replay, mattering: ticksThatMatter(replay, of.isPlaced, limits.notice) };
    });
    const suspects = chunk.filter(({ mattering }) => mattering.length > 0).map(({ subject }) => subject.keyId);
    const historyOf = await readHistories(store, day, suspects, computedAt, lineages);
    for (const { subject, of, replay, mattering } of chunk) {
      const name = subjectKey(subject);
      const key = {
        subject,
        of,
        replay,
        mattering,
        history: historyOf.get(name) ?? NO_HISTORY,
        sums: heritage.sums(name),
        slotsOfDay: (daysAgo: number) => heritage.slotsOfDay(name, addDays(day, 1 - daysAgo)),
      };
      const { baseline } = learnKeyDay(key, limits);
      heritage.learned(name, day, baseline.slots);
      baselines.push(baseline);
    }
  }
  return baselines;
}

/** Nobody was heard all day: nothing is known of it, whatever the day before was. */
const SILENCE = new Float64Array(2 * SLOTS_PER_DAY);

const minutesOf = (heard: readonly { readonly minute: number }[]) => heard.map(({ minute }) => minute);

import { heardShares, isKnownSlot } from "../baseline/heard-slots.js";
import { NO_HISTORY, type BinHistory } from "../detect/surprise.js";
import type { Thresholds } from "../detect/threshold.js";
import { BASELINE_VERSION, type Baseline } from "../model/baseline.js";
import { groupsOf } from "../model/key-group.js";
import { lineagesOf, withElders, type Lineages } from "../model/lineage.js";
import { SLOTS_PER_DAY } from "../model/window.js";
import type { LearnableDay } from "../store/learned-days.js";
import type { Store } from "../store/store.js";
import type { Subject } from "../store/usage.js";
import { addDays, DAY_MS, dayOf, dayStart } from "../time/day.js";
import { heldKeys } from "./held-keys.js";
import { Heritage } from "./heritage.js";
import { inheritHistories } from "./inherit-histories.js";
import { GroupDay } from "./learn-groups.js";
import { learnKeyDay, pastDays } from "./learn-key-day.js";
import { openDay, replayDay, ticksThatMatter, type DayOfKey } from "./replay-day.js";
import { groupBySubject, indexBySubject, subjectKey } from "./subject-key.js";

/** How far back closed days are learned: lags need four weeks, and the history of surprises as much again before it is complete. */
export const LEARNED_DAYS = 60;
/** A learned day is learned again when this share of new event rows has come, and none came for a while. */
const STALE_SHARE = 0.005;
const QUIET_MS = 10_000;
/** So many keys are learned together: their replayed days are in memory at once, some 100 kB each. */
const KEYS_AT_ONCE = 500;

export interface LearnDeps {
  readonly store: Store;
  /** From the notice threshold on a day ages no network; from the page threshold on a key teaches nothing. */
  readonly limits: Thresholds;
}

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
export async function learnBaselines(deps: LearnDeps, now: number, settledUntil: number): Promise<LearnReport> {
  const closedUntil = dayStart(dayOf(settledUntil));
  const days = await deps.store.readLearnableDays(closedUntil - LEARNED_DAYS * DAY_MS, closedUntil);
  const first = daysToLearn(days).find((day) => day.learnedEvents < 0 || now - day.lastIngestedAt >= QUIET_MS);
  const due = first === undefined ? [] : days.filter((day) => day.day >= first.day);
  for (const day of due) await learnOneDay(deps, day, now);
  return { learned: due.map((day) => day.day) };
}

async function learnOneDay(
  { store, limits }: LearnDeps,
  { day, events, heard }: LearnableDay,
  now: number,
): Promise<void> {
  const startedAt = Date.now();
  const start = dayStart(day);
  // Snapshots of earlier days that this run has just written are visible from this instant on.
  const computedAt = Math.max(now, startedAt);
  const past = pastDays(day);
  const before = await store.readBaselines(addDays(day, -1), computedAt);
  const groupsBefore = await store.readGroupBaselines(addDays(day, -1), computedAt);
  const registry = { at: start + DAY_MS, visible: computedAt };
  const keys = await store.readKeys(registry.at, registry.visible);
  const lineages = lineagesOf(keys);
  const held = heldKeys(before, lineages);
  const [lags, sums, usage, novel, births, minutes] = await Promise.all([
    store.readBaselineSlots(past.lags, computedAt),
    store.readBaselineSums({ day, ...past }, computedAt),
    heard ? store.readUsageSlots(start, null) : [],
    heard ? store.readNovelSlots({ dayStart: start, held, registry, lineages }, null) : [],
    store.readBirths(start + DAY_MS, null),
    store.readHeardMinutes(start - DAY_MS, start + DAY_MS),
  ]);
  const shares = heard ? heardShares(minutesOf(minutes), start - DAY_MS, start + DAY_MS) : SILENCE;
  const usageOf = indexBySubject(usage);
  const novelOf = groupBySubject(novel);
  const heritage = new Heritage(lineages, {
    births,
    before: indexBySubject(before),
    usage: usageOf,
    novel: novelOf,
    lags: groupBySubject(lags),
    sums: indexBySubject(sums),
  });
  const dayOfKey = (birth: (typeof births)[number]): DayOfKey => {
    const subject = subjectKey(birth);
    return {
      day,
      bornAt: heritage.bornAt(subject),
      before: heritage.before(subject),
      elders: heritage.elders(subject),
      usage: usageOf.get(subject) ?? null,
      novel: novelOf.get(subject) ?? [],
      limitPerMinute: keys.get(birth.keyId)?.limitPerMinute ?? null,
      shares,
    };
  };
  const groupsOfKey = (birth: Subject) => groupsOf(keys.get(birth.keyId), birth.observedBy);
  // Days are laid out twice, since all of them together would not fit into memory.
  const groupDay = new GroupDay(day);
  for (const birth of births) {
    if (heritage.isSuperseded(subjectKey(birth))) continue;
    const of = dayOfKey(birth);
    groupDay.add(groupsOfKey(birth), openDay(of), of.before);
  }
  const baselines: Baseline[] = [];
  // Keys that others succeed come before these.
  const ordered = births.toSorted((a, b) => generation(lineages, a) - generation(lineages, b));
  for (let i = 0; i < ordered.length; i += KEYS_AT_ONCE) {
    const chunk = ordered.slice(i, i + KEYS_AT_ONCE).map((birth) => {
      const of = dayOfKey(birth);
      const replay = replayDay(openDay(of), of.before, groupDay.surgeAt(groupsOfKey(birth)));
      return { birth, of, replay, mattering: ticksThatMatter(replay, limits.notice) };
    });
    const historyOf = await readHistories(
      store,
      day,
      chunk.filter(({ mattering }) => mattering.length > 0).map(({ birth }) => birth.keyId),
      computedAt,
      lineages,
    );
    for (const { birth, of, replay, mattering } of chunk) {
      const { bornAt: _, ...subject } = birth;
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
  const isKnown = (slot: number) => isKnownSlot(shares, SLOTS_PER_DAY + slot);
  await store.insertBaselines(day, computedAt, baselines);
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
      keys: baselines.length,
      findings: 0,
      baselineDay: addDays(day, -1),
      durationMs: Date.now() - startedAt,
    },
  ]);
}

/** Daily maxima of the past days of some keys, by subject; of days before a key's own first, those of what it succeeds. */
export async function readHistories(
  store: Store,
  day: string,
  keyIds: readonly string[],
  visible: number,
  lineages: Lineages,
): Promise<ReadonlyMap<string, BinHistory>> {
  const bins = keyIds.length === 0 ? [] : await store.readBaselineBins(day, withElders(lineages, keyIds), visible);
  return inheritHistories(groupBySubject(bins), keyIds, lineages);
}

/** Nobody was heard all day: nothing is known of it, whatever the day before was. */
const SILENCE = new Float64Array(2 * SLOTS_PER_DAY);

const minutesOf = (heard: readonly { readonly minute: number }[]) => heard.map(({ minute }) => minute);
const generation = (lineages: Lineages, { keyId }: Subject) => lineages.get(keyId)?.length ?? 0;

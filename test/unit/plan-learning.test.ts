import assert from "node:assert/strict";
import { test } from "node:test";
import { fewLateRows, LEARNED_DAYS, planLearning } from "../../src/pipeline/learn/plan-learning.js";
import type { LearnableDay } from "../../src/store/learn/learned-days.js";
import { addDays, HOUR_MS, MINUTE_MS } from "../../src/time/day.js";

const NOW = Date.parse("2026-03-11T14:00:00Z");
/** Learned in the night, one after the other. */
const NIGHT = Date.parse("2026-03-11T00:01:00Z");

/** Days that are all learned, oldest first, with what is changed of some. */
function daysOf(changed: Readonly<Record<number, Partial<LearnableDay>>> = {}): LearnableDay[] {
  return Array.from({ length: LEARNED_DAYS }, (_, i) => ({
    day: addDays("2026-03-10", i + 1 - LEARNED_DAYS),
    events: 100_000,
    learnedEvents: 100_000,
    learnedAt: NIGHT + i * 1000,
    learnedInMs: 1000,
    observed: true,
    ...changed[i],
  }));
}
const nextOf = (days: readonly LearnableDay[], now = NOW) => planLearning(days, now).next?.day ?? null;

/** Learns what is planned from an instant on, each day in a minute; gives the days. */
function learnAll(days: LearnableDay[], from: number): string[] {
  const learned: string[] = [];
  for (let now = from; ; now += MINUTE_MS) {
    const day = nextOf(days, now);
    if (day === null) return learned;
    const at = days.findIndex((one) => one.day === day);
    days[at] = { ...days[at]!, learnedEvents: days[at]!.events, learnedAt: now, learnedInMs: MINUTE_MS };
    learned.push(day);
  }
}

test("one late event for each of 34 days has none of them learned again, nor have fewer than 1,000 rows or 0.5 % of a day", () => {
  const late = (rows: number, learnedEvents = 100_000) =>
    daysOf(
      Object.fromEntries(Array.from({ length: 34 }, (_, i) => [i, { learnedEvents, events: learnedEvents + rows }])),
    );
  assert.deepEqual(planLearning(daysOf(), NOW).lacking, []);
  for (const days of [late(1), late(1, 0), late(999, 10), late(5000, 1_000_000)]) {
    assert.deepEqual([nextOf(days), planLearning(days, NOW).lacking.length], [null, 0]);
  }
  assert.deepEqual(fewLateRows(late(999)), { rows: 34 * 999, days: 34 });
  assert.equal(planLearning(late(1), Infinity, "any").next?.day, "2026-01-10", "but for who asks by hand");
  assert.deepEqual([nextOf(late(1000)), planLearning(late(1000), NOW).lacking.length], ["2026-01-10", 34]);
});

test("rows that come late for many days have learning begin once an hour, and it rests three times as long as it took", () => {
  const late = { events: 200_000 };
  const days = daysOf({ 40: late, 50: late });
  const [first, last] = [days[40]!.day, days.at(-1)!.day];
  const learned = learnAll(days, NOW);
  assert.deepEqual([learned[0], learned.length, learned.at(-1)], [first, 20, last]);
  // Twenty days took twenty minutes: it is the other forty that cost next to nothing.
  const ended = NOW + 19 * MINUTE_MS;
  days[30] = { ...days[30]!, events: 300_000 };
  const restMs = 3 * (20 * MINUTE_MS + 40_000);
  assert.deepEqual([nextOf(days, ended + restMs - 1), nextOf(days, ended + restMs)], [null, days[30].day]);
  assert.equal(planLearning(days, ended).notBefore, ended + restMs);
  assert.equal(nextOf(days, Infinity), days[30].day, "who asks by hand waits for nothing");
  const cheap = daysOf({ 30: late });
  const night = NIGHT + 59_000;
  assert.deepEqual([nextOf(cheap, night + HOUR_MS - 1), nextOf(cheap, night + HOUR_MS)], [null, cheap[30]!.day]);
});

test("a day that has ended is learned at once, also while days of long ago are being learned again", () => {
  const days = daysOf({ 20: { learnedAt: NOW }, 59: { learnedEvents: -1, learnedAt: 0 } });
  assert.equal(nextOf(days, NOW), "2026-03-10");
  const rest = learnAll(days, NOW);
  assert.deepEqual([rest[0], rest[1], rest.at(-1), rest.length], ["2026-03-10", days[21]!.day, "2026-03-10", 40]);
});

test("a day before all that is learned, with a single event, is learned behind the others and once an hour at most", () => {
  const days = daysOf({ 0: { learnedEvents: -1, learnedAt: 0, events: 1 } });
  assert.equal(nextOf(days, NIGHT + 10 * MINUTE_MS), null);
  assert.equal(learnAll(days, NOW).length, LEARNED_DAYS);
  assert.equal(nextOf(days, NOW + 24 * HOUR_MS), null);
});

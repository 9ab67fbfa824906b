import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, boolean, property } from "fast-check";
import { TRUSTED, trustAfter, type ScoredTick } from "../../src/baseline/suspicion.js";
import { addDays, DAY_MS, dayStart, HOUR_MS } from "../../src/time/day.js";

const DAY = "2026-03-08";
const START = dayStart(DAY);
const LIMITS = { page: 14.5, notice: 9.6 };
const at = (hour: number, score: number): ScoredTick => ({ at: START + hour * HOUR_MS, score });
const after = (scores: readonly ScoredTick[], before = TRUSTED) =>
  trustAfter(before, { day: DAY, start: START }, scores, LIMITS);

test("a key is under suspicion from its first page until it kept below the notice threshold for a day", () => {
  const trust = after([at(3, 10), at(6, 15), at(7, 10), at(9, 9)]);
  const suspect = Array.from({ length: 24 }, (_, hour) => trust.isSuspect(START + hour * HOUR_MS));
  assert.deepEqual(
    suspect,
    Array.from({ length: 24 }, (_, hour) => hour >= 6),
  );
  assert.equal(trust.suspectUntil, START + 31 * HOUR_MS);
  assert.equal(trust.highestScore, 15);
  // A notice alone raises no suspicion, and ends none.
  assert.equal(after([at(3, 10)]).suspectUntil, 0);
  const nextDay = trustAfter(trust, { day: addDays(DAY, 1), start: START + DAY_MS }, [], LIMITS);
  assert.deepEqual(
    [6, 7, 8].map((hour) => nextDay.isSuspect(START + DAY_MS + hour * HOUR_MS)),
    [true, true, false],
  );
});

test("whatever days were held, the look-back of novelty holds seven others", () => {
  check(
    property(array(boolean(), { minLength: 1, maxLength: 60 }), (noticed) => {
      let trust = { ...TRUSTED };
      for (const [i, hot] of noticed.entries()) {
        const day = addDays(DAY, i);
        const scores = hot ? [{ at: dayStart(day) + HOUR_MS, score: 10 }] : [];
        trust = trustAfter(trust, { day, start: dayStart(day) }, scores, LIMITS);
      }
      const lookBack = 7 + trust.frozenDays.length;
      const within = Array.from({ length: lookBack }, (_, i) => noticed[noticed.length - 1 - i] ?? false);
      assert.equal(within.filter(Boolean).length, trust.frozenDays.length);
      assert.equal(within.filter((hot) => !hot).length, 7);
    }),
  );
});

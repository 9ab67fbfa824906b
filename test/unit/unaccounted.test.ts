import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, integer, property } from "fast-check";
import { thresholds } from "../../src/detect/threshold.js";
import { judgeUnaccounted } from "../../src/detect/unaccounted.js";

const LIMITS = thresholds(0.1, 10);
const days = (latest: number, past: readonly number[], recorded = 1000) => [
  { daysAgo: 0, provider: latest, recorded },
  ...past.map((provider, i) => ({ daysAgo: i + 1, provider, recorded })),
];

test("a gap that a key always has is nothing, however wide; a day beyond it is, the more the wider", () => {
  check(
    property(integer({ min: 100, max: 5000 }), integer({ min: 30, max: 3000 }), (usual, more) => {
      const past = Array.from({ length: 28 }, (_, i) => usual + (i % 5));
      assert.equal(judgeUnaccounted(days(usual + 2, past), LIMITS), null);
      const [some, twice] = [more, 2 * more].map((extra) => judgeUnaccounted(days(usual + 4 + extra, past), LIMITS));
      assert.ok((twice?.score ?? 0) >= (some?.score ?? 0));
    }),
  );
});

test("fewer than four days to compare with, or days on which we recorded nothing, make no verdict", () => {
  assert.equal(judgeUnaccounted(days(5000, [1000, 1000, 1000, 1000]), LIMITS), null);
  assert.equal(
    judgeUnaccounted(
      days(
        5000,
        Array.from({ length: 28 }, () => 1000),
        0,
      ),
      LIMITS,
    ),
    null,
  );
  assert.notEqual(judgeUnaccounted(days(5000, [1000, 1000, 1000, 1000, 1000]), LIMITS), null);
});

test("what happened on a past day makes the same day no page again", () => {
  check(
    property(array(integer({ min: 990, max: 1010 }), { minLength: 26, maxLength: 26 }), (past) => {
      const once = judgeUnaccounted(days(2000, [1000, ...past]), LIMITS);
      const again = judgeUnaccounted(days(2000, [1000, 2000, ...past]), LIMITS);
      assert.ok(once !== null && again !== null && again.score < once.score);
    }),
  );
});

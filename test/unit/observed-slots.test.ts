import assert from "node:assert/strict";
import { test } from "node:test";
import { observedShares } from "../../src/baseline/observed-slots.js";

const MINUTE = 60_000;
const DAYS = 2 * 1440;

/** Minutes of the two days that are taken for silent, of a fleet that was heard in those that are asked for. */
function unknownMinutes(isHeard: (minute: number) => boolean, until = DAYS): number {
  const heard = Array.from({ length: until }, (_, i) => i).filter(isHeard);
  const shares = observedShares(
    heard.map((minute) => minute * MINUTE),
    0,
    until * MINUTE,
  );
  return Math.round((shares ?? new Float64Array(576).fill(1)).reduce((sum, share) => sum + (1 - share) * 5, 0));
}
const silent =
  (...spans: readonly (readonly [from: number, minutes: number])[]) =>
  (minute: number) =>
    spans.every(([from, minutes]) => minute < from || minute >= from + minutes);

test("ten silent minutes of a fleet that is heard in every other are an outage, nine are none, and several of a day are told", () => {
  assert.equal(unknownMinutes(silent([1803, 9])), 0);
  assert.equal(unknownMinutes(silent([1803, 10])), 10);
  assert.equal(unknownMinutes(silent([100, 45], [1803, 20], [2000, 300])), 365);
  assert.equal(unknownMinutes(silent([2860, 20])), 20);
  assert.equal(unknownMinutes(silent([1200, 50]), 1250), 50);
});

test("the usual silence of a small fleet is none, an hour of it is", () => {
  const everyQuarter = (minute: number) => minute % 15 === 0;
  assert.equal(unknownMinutes(everyQuarter), 0);
  assert.equal(
    unknownMinutes((minute) => everyQuarter(minute) && silent([1800, 60])(minute)),
    74,
  );
  // Bursts of a quarter of an hour and pauses of one.
  assert.equal(
    unknownMinutes((minute) => minute % 30 < 15),
    0,
  );
});

test("minutes that are not on file yet are taken for known", () => {
  assert.equal(
    unknownMinutes(() => true, 1500),
    0,
  );
});

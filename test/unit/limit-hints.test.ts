import assert from "node:assert/strict";
import { test } from "node:test";
import { hintLimits } from "../../src/detect/limit-hints.js";

const throttled = (...days: readonly (readonly number[])[]) =>
  days.flatMap((served, day) => served.map((one) => ({ day, served: one })));
const inferred = (minutes: ReturnType<typeof throttled>, mostUnthrottled = 90) =>
  hintLimits({ minutes: 5000, p999: 80, mostUnthrottled, throttled: minutes }).inferred?.perMinute ?? null;

test("a limit is inferred from the lowest of the days' most served requests in throttled minutes", () => {
  assert.equal(inferred(throttled([100, 40, 99], [102, 101, 7], [98, 100, 100])), 100);
});

test("no limit is inferred from one day, from single minutes, or where minutes without a 429 served more", () => {
  assert.equal(inferred(throttled([100, 100, 100, 100])), null);
  assert.equal(inferred(throttled([100, 100], [100, 100], [100])), null);
  assert.equal(inferred(throttled([100, 100, 100], [100, 100, 100]), 140), null);
  assert.equal(inferred(throttled([0, 0, 0], [0, 0, 0]), 0), null);
});

test("the tightest limit leaves a quarter above the p99.9 minute, and is not said of a key that is hardly used", () => {
  const tightest = (minutes: number) =>
    hintLimits({ minutes, p999: 81, mostUnthrottled: 90, throttled: [] }).tightest?.perMinute ?? null;
  assert.deepEqual([tightest(5000), tightest(99)], [102, null]);
  assert.deepEqual(hintLimits(null), { inferred: null, tightest: null });
});

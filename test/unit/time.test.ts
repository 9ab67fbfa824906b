import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, integer, property } from "fast-check";
import { addDays, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../src/time/day.js";
import { lastSettledTick, spansByHour, ticksBetween } from "../../src/time/ticks.js";

const NOW = Date.parse("2026-03-08T23:17:42.123Z");
const anInstant = integer({ min: NOW - 400 * 86_400_000, max: NOW });

test("between two instants every whole minute is one tick, after the first and up to the second", () => {
  check(
    property(anInstant, integer({ min: -90_000, max: 5 * HOUR_MS }), (after, length) => {
      const ticks = ticksBetween(after, after + length);
      const naive: number[] = [];
      for (let at = after + 1; at <= after + length; at += 1) {
        if (at % MINUTE_MS === 0) naive.push(at);
        else at += MINUTE_MS - (at % MINUTE_MS) - 1;
      }
      assert.deepEqual(ticks, naive);
    }),
  );
});

test("a cursor that moves from tick to tick meets every tick once", () => {
  const from = Date.parse("2026-03-08T22:58:00Z");
  const steps = [0, 1, 2, 61, 62, 180].map((minutes) => from + minutes * MINUTE_MS);
  const met = steps.flatMap((until, i) => (i === 0 ? [] : ticksBetween(steps[i - 1]!, until)));
  assert.deepEqual(
    met,
    Array.from({ length: 180 }, (_, i) => from + (i + 1) * MINUTE_MS),
  );
});

test("spans hold every tick once, in order, each in its clock hour (hour, hour + 1 h]", () => {
  check(
    property(anInstant, integer({ min: 0, max: 30 * HOUR_MS }), (after, length) => {
      const ticks = ticksBetween(after, after + length);
      const spans = spansByHour(ticks);
      assert.deepEqual(
        spans.flatMap((span) => span.ticks),
        ticks,
      );
      assert.equal(new Set(spans.map(({ hour }) => hour)).size, spans.length);
      for (const { hour, ticks: inHour } of spans) {
        assert.equal(hour % HOUR_MS, 0);
        assert.ok(inHour.every((tick) => tick > hour && tick <= hour + HOUR_MS));
        // One span, one baseline: no span has ticks of two days, midnight belonging to the day that it ends.
        assert.equal(new Set(inHour.map((tick) => dayOf(tick - 1))).size, 1);
      }
    }),
  );
});

test("a tick is settled from the very second in which its minute has ended long enough ago", () => {
  const tick = Date.parse("2026-03-08T12:05:00Z");
  assert.equal(lastSettledTick(tick + 45_000, 45), tick);
  assert.equal(lastSettledTick(tick + 44_999, 45), tick - MINUTE_MS);
  assert.equal(lastSettledTick(tick + 104_999, 45), tick);
  assert.equal(lastSettledTick(tick, 0), tick);
});

test("days follow one another through leap days and the changes of the clocks", () => {
  assert.equal(addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(addDays("2026-03-29", 1), "2026-03-30");
  assert.equal(dayStart("2026-03-30") - dayStart("2026-03-29"), 86_400_000);
  check(property(anInstant, (at) => dayStart(dayOf(at)) <= at && at < dayStart(addDays(dayOf(at), 1))));
});

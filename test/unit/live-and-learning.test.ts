import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { expect } from "../../src/baseline/expectation.js";
import { forecast, forecastColumns, newForecast } from "../../src/baseline/forecast-columns.js";
import { marksOfHour, tickMarks } from "../../src/baseline/hour-forecast.js";
import { combineDay, predictDay } from "../../src/baseline/predict-day.js";
import { prefixSums, slideNovelTraffic, windowFloors, type NovelSlots } from "../../src/baseline/slide-windows.js";
import type { Baseline } from "../../src/model/finding/baseline.js";
import { HourForecasts } from "../../src/model/finding/hour-forecast.js";
import { NO_NOVEL_TRAFFIC, type NoveltyRowLevel } from "../../src/model/finding/novelty.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../src/model/finding/window.js";
import { novelAtTicks } from "../../src/pipeline/check/facts/novel-hour.js";
import { groupRuns } from "../../src/pipeline/check/facts/novel-windows.js";
import { splitIntoPieces } from "../../src/pipeline/check/facts/novel-piece.js";
import { floorsAt } from "../../src/pipeline/check/leak/minute-series.js";
import { newDayColumns } from "../../src/pipeline/learn/day-columns.js";
import type { NovelSeries } from "../../src/store/check/novel-series.js";
import { bareBaseline } from "../helpers/bare-baseline.js";

// The live check judges any minute of an hour, from minutes; learning the 288 ticks of a day, from slots. Where both can be asked they must agree.
const DAY = Date.parse("2026-03-08T00:00:00Z");
const [MINUTE, HOUR, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** Written over by each day, as learning does. */
const COLUMNS = newDayColumns();
const anyMinute = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(5, 30, 60));
const anyHour = fc.integer({ min: 0, max: 23 }).map((hour) => DAY + hour * HOUR);
const slotsOf = (min: number) =>
  fc.array(fc.integer({ min: 0, max: 500 }), { minLength: min, maxLength: 2 * SLOTS_PER_DAY });

/** As sql/queries/check/hour-forecasts.sql takes it from a snapshot, after one of another key. */
function hourForecastsOf(baseline: Baseline, hour: number, shares: Float64Array | null): HourForecasts {
  const { froms, lengths } = marksOfHour(hour, DAY - DAY_MS);
  const totals = (slots: readonly number[]) => {
    if (slots.length === 0) return [];
    const prefix = prefixSums(slots.map((requests, i) => (shares === null ? requests : requests * shares[i]!)));
    return froms.flatMap((from, run) => Array.from(prefix.subarray(from, from + lengths[run]!)));
  };
  const found = new HourForecasts(
    2,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  const other = bareBaseline("2026-03-07", "other");
  found.add({ ...other, frozenDays: 0 }, [], []);
  found.add({ ...baseline, frozenDays: 0 }, totals(baseline.weekly), totals(baseline.daily));
  return found;
}

test("what is expected of a key at a tick is the same for the live check and for learning, to the bit", () => {
  const numbers = (count: number, max: number) =>
    fc.array(fc.double({ min: 0, max, noNaN: true }), { minLength: count, maxLength: count });
  const slots = fc.oneof(fc.constant([]), slotsOf(2 * SLOTS_PER_DAY));
  const shares = fc.option(numbers(2 * SLOTS_PER_DAY, 1).map((known) => Float64Array.from(known)));
  const model = fc.record({
    weekly: slots,
    daily: slots,
    flat: fc.constantFrom(-1, 0, 3.25),
    levels: numbers(3, 1),
    losses: numbers(3, 1),
    noise: numbers(8, 1),
  });
  fc.assert(
    fc.property(model, shares, anyHour, anyMinute, (known, share, hour, minute) => {
      const baseline = bareBaseline("2026-03-07", "k", known);
      const at = hour + minute * MINUTE;
      const live = newForecast();
      const columns = forecastColumns(hourForecastsOf(baseline, hour, share));
      forecast(columns, 1, tickMarks(hour, at, DAY - DAY_MS, share), live);
      const { known: isKnown, ...expectation } = live;
      assert.deepEqual(isKnown ? expectation : null, expect(baseline, at, share));
      if (minute % 5 !== 0) return;
      const tick = (at - DAY) / SLOT_MS - 1;
      const learned = combineDay(baseline, predictDay(baseline, DAY, share, COLUMNS), COLUMNS) ?? new Float64Array();
      assert.deepEqual(isKnown ? expectation.requests : [], [...learned.subarray(4 * tick, 4 * tick + 4)]);
    }),
    { numRuns: 80 },
  );
});

test("the floor under a key's limit is the same at every tick that both look at", () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1500, maxLength: 1500 });
  fc.assert(
    fc.property(
      minutes,
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 1000 }),
      (requests, slot, limit) => {
        const series = { start: DAY - DAY_MS, requests, spendMicros: [] };
        const slots = Array.from({ length: 300 }, (_, i) =>
          requests.slice(i * 5, i * 5 + 5).reduce((sum, count) => sum + count, 0),
        );
        const live = floorsAt(series, DAY + slot * SLOT_MS, limit);
        const end = SLOTS_PER_DAY + slot;
        assert.deepEqual(live.floors, windowFloors(slots, end, limit * 5));
        assert.equal(live.currentShare, slots[end - 1]! / (limit * 5));
      },
    ),
    { numRuns: 60 },
  );
});

test("what is new to a key is the same at every tick that both look at, however many ticks are asked for at once", () => {
  const level = fc.constantFrom<NoveltyRowLevel>("asn_hosting", "asn_isp", "net16", "ip", "route", "unplaced");
  const newMs = 7 * DAY_MS;
  const source = fc.record({
    // Some cease to be new within the hour.
    seen: fc.dictionary(level, fc.integer({ min: -180, max: 1500 })),
    traffic: fc.dictionary(fc.integer({ min: 0, max: 1499 }).map(String), fc.integer({ min: 1, max: 50 })),
  });
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 1, maxLength: 5 }),
      anyHour,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 288 }).map((slot) => DAY + slot * SLOT_MS),
      (sources, hour, count, until) => {
        const start = hour - DAY_MS;
        const rows = sources.map(({ seen, traffic }, i): NovelSeries => {
          const at = Object.keys(traffic).map(Number);
          return {
            keyId: "k",
            observedBy: "gateway",
            value: `198.51.100.${i}`,
            network: "",
            asn: 64500,
            networkType: "hosting",
            usedAt: start,
            firstDays: { until, kind: "new", peers: "owner" },
            levels: Object.keys(seen) as NoveltyRowLevel[],
            seenAt: Object.values(seen).map((minutes) => start - newMs + DAY_MS + minutes * MINUTE),
            at,
            requests: at.map((minute) => traffic[minute]!),
            spendMicros: at.map((minute) => traffic[minute]! * 7),
          };
        });
        const ticks = Array.from({ length: count }, (_, i) => hour + (i + 1) * SLOT_MS);
        const live = novelAtTicks(groupRuns(splitIntoPieces(rows, start, hour + HOUR)), hour, ticks, () => newMs);
        const learned = slideNovelTraffic(
          rows.map((row) => novelSlotsOf(row, start)),
          DAY,
          newMs,
        );
        for (const [t, tick] of ticks.entries()) {
          const found = live[t]!.get("gateway k")?.traffic ?? NO_NOVEL_TRAFFIC;
          assert.deepEqual(found, learned((tick - DAY + DAY_MS) / SLOT_MS));
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** A source's traffic as learning reads it: by slot of the two days that end with the learned one. */
function novelSlotsOf(row: NovelSeries, start: number): NovelSlots {
  const slots = row.at.map((minute) => Math.floor((start + minute * MINUTE - (DAY - DAY_MS)) / SLOT_MS));
  const isLearned = (_: number, i: number) => slots[i]! < 2 * SLOTS_PER_DAY;
  const [requests, spendMicros] = [row.requests.filter(isLearned), row.spendMicros.filter(isLearned)];
  return { ...row, at: slots.filter(isLearned), requests, spendMicros };
}

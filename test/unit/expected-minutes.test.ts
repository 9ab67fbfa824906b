import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, double, integer, property } from "fast-check";
import { expectedMinutes } from "../../src/baseline/expectation.js";
import { SLOT_MS } from "../../src/model/finding/window.js";
import { MINUTE_MS } from "../../src/time/day.js";
import { bareBaseline } from "../helpers/bare-baseline.js";

const START = Date.parse("2026-03-08T00:00:00Z");

test("each minute is expected to have its share of its slot, the mean of what the predictors that know it say, to the bit", () => {
  const numbers = array(double({ min: 0, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
  check(
    property(
      constantFrom(0, 288, 576),
      constantFrom(0, 576),
      constantFrom(-1, 0, 3.25),
      numbers,
      numbers,
      integer({ min: -1500, max: 2880 }),
      (weeklySlotCount, dailySlotCount, flat, levels, losses, minute) => {
        const slots = (count: number, by: number) => Array.from({ length: count }, (_, i) => (i * by) / 7);
        const of = bareBaseline("2026-03-08", "k", {
          weekly: slots(weeklySlotCount, 3),
          daily: slots(dailySlotCount, 5),
          flat,
          levels,
          losses,
        });
        const from = START + minute * MINUTE_MS;
        const plain = Array.from({ length: 90 }, (_, i) => {
          const slot = Math.floor((from + i * MINUTE_MS - START) / SLOT_MS);
          let [weights, sum] = [0, 0];
          for (const [e, perSlot] of [of.weekly[slot], of.daily[slot], flat < 0 ? undefined : flat].entries()) {
            if (perSlot === undefined) continue;
            const weight = (losses[e]! + 0.004) ** -3;
            weights += weight;
            sum += weight * perSlot * Math.exp(levels[e]!);
          }
          return weights === 0 ? 0 : ((sum / weights) * MINUTE_MS) / SLOT_MS;
        });
        assert.deepEqual(expectedMinutes(of, from, from + 90 * MINUTE_MS), plain);
      },
    ),
    { numRuns: 100 },
  );
});

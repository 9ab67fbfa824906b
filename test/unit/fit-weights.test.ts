import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constant, double, oneof, property } from "fast-check";
import { expertsOf } from "../../src/detect/experts.js";
import { fuse } from "../../src/detect/fusion.js";
import { NO_SURPRISES, type WindowSurprises } from "../../src/detect/window-surprises.js";
import { WINDOW_MINUTES } from "../../src/model/finding/window.js";
import { round6 } from "../../src/model/round.js";
import { SHIPPED, vectorOf, weightsOf } from "../bench/detection/expert-weights.js";
import { keepTicks, PARTS, ROW } from "../bench/detection/kept-ticks.js";
import { FIRST_JUDGED_TICK, FROM, TICKS } from "../bench/detection/protocol.js";
import { scoreUnder, WeightTrial } from "../bench/detection/weight-trial.js";

const KEPT = { isPlaced: true, firstDays: null, heldBack: 0 } as const;
const SLOT = 300_000;
const DAY = 288;

test("weights are fitted to the score that the shipped ones give", () => {
  const decades = oneof(constant(0), double({ min: 0, max: 8, noNaN: true }).map(Math.fround));
  const names = Object.keys(NO_SURPRISES).filter((name) => name !== "level" && !name.startsWith("refusals"));
  assert.deepEqual([...PARTS].toSorted(), names.toSorted());
  const count = PARTS.length * WINDOW_MINUTES.length;
  const shipped = weightsOf(vectorOf(SHIPPED), Infinity);
  assert.deepEqual(shipped, SHIPPED);
  const experts = expertsOf(shipped);
  check(
    property(array(decades, { minLength: count, maxLength: count }), (values) => {
      const windows = WINDOW_MINUTES.map((_, w) => {
        const own = PARTS.map((part, i) => [part, values[i * WINDOW_MINUTES.length + w]!] as const);
        return Object.fromEntries([...Object.entries(NO_SURPRISES), ...own]) as unknown as WindowSurprises;
      });
      const result = fuse(windows, KEPT);
      const theft = { from: FROM, to: FROM + SLOT };
      const rows = keepTicks([[0, result]], new Uint8Array(TICKS), [theft]);
      assert.equal(rows.length, ROW.length);
      assert.equal(round6(Math.max(0, scoreUnder(experts, rows, 0))), result.value);
    }),
  );
});

test("days of alarms on end are one false alarm, and a theft is found from its first loud tick on", () => {
  const loud = (foreign: number) =>
    fuse([{ ...NO_SURPRISES, foreign }, NO_SURPRISES, NO_SURPRISES, NO_SURPRISES], KEPT);
  const day = (n: number) => FIRST_JUDGED_TICK + n * DAY;
  const theft = { from: FROM + day(9) * SLOT, to: FROM + (day(9) + 30) * SLOT };
  const judged = [
    [day(0), loud(10)],
    [day(0) + 1, loud(10)],
    [day(1), loud(9)],
    [day(2), loud(11)],
    [day(5), loud(8)],
    [day(6), loud(1)],
    [day(9) + 1, loud(9)],
    [day(9) + 20, loud(10.5)],
  ] as const;
  const benign = new Uint8Array(TICKS).fill(1, FIRST_JUDGED_TICK, day(9));
  const rows = keepTicks(judged, benign, [theft]);
  assert.equal(rows.length / ROW.length, 6, "equal ticks in a row are kept once, quiet ones never");
  const trial = new WeightTrial([{ seed: 1, benignTicks: 1000 * DAY, thefts: 1, rows }]);
  const { thresholds, recalls } = trial.resultOf(SHIPPED, [0.5, 1, 2]);
  const at = (foreign: number) => loud(foreign).value;
  const near = (value: number, wanted: number) => assert.ok(Math.abs(value - wanted) < 1e-4, `${value}, not ${wanted}`);
  near(thresholds[0]!, at(11));
  near(thresholds[1]!, at(11));
  near(thresholds[2]!, at(8));
  assert.deepEqual(recalls, [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [1, 1, 1, 1],
  ]);
});

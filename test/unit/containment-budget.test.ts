import assert from "node:assert/strict";
import { test } from "node:test";
import { containmentBudget } from "../../src/detect/containment-budget.js";
import type { AlarmBudget } from "../../src/detect/alarm-budget.js";
import { USUAL_SCALE } from "../../src/detect/threshold.js";
import { NO_TAIL, type FleetDay } from "../../src/model/finding/fleet-day.js";

const PAGES: AlarmBudget = { pages: { count: 1, per: "month" }, notices: { count: 7, per: "week" } };
const FLEET: FleetDay = { watchedKeys: 200, learnedDays: 28, tail: NO_TAIL };
const at = (falsePerYear: number, changed: Partial<FleetDay> = {}) =>
  containmentBudget(falsePerYear, PAGES, { ...FLEET, ...changed });

test("a smaller budget and a larger fleet ask for a higher score, and no budget comes below a critical page", () => {
  assert.ok(at(0.1).threshold! > at(1).threshold!);
  assert.ok(at(1, { watchedKeys: 5000 }).threshold! > at(1).threshold!);
  const critical = at(1).page + Math.log(10) / USUAL_SCALE.decayPerUnit;
  for (const falsePerYear of [1, 12, 1000]) assert.ok(at(falsePerYear).threshold! >= critical - 1e-9);
});

test("no more is expected in a year than the budget states, also where the fleet's own tail falls more slowly than usual, or faster", () => {
  const tail = { keyDays: 5600, until: 15.8, below: 60, excess: 90, benignPages: 0 };
  for (const changed of [
    {},
    { tail },
    { tail: { ...tail, below: 20, excess: 5 } },
    { tail: { ...tail, benignPages: 3 } },
  ])
    for (const falsePerYear of [0.1, 1, 12]) {
      const { expectedPerYear } = at(falsePerYear, changed);
      assert.ok(expectedPerYear! <= falsePerYear + 1e-9, `${falsePerYear}: ${expectedPerYear}`);
    }
});

test("without a budget, and in a fleet that is on record for less than 18 days, there is no score of a containment", () => {
  assert.deepEqual([at(0).threshold, at(0).never], [null, "no budget"]);
  assert.deepEqual([at(1, { learnedDays: 17 }).threshold, at(1, { learnedDays: 17 }).never], [null, "fleet unknown"]);
  assert.equal(containmentBudget(1, PAGES, null).threshold, null);
  assert.notEqual(at(1, { learnedDays: 18 }).threshold, null);
});

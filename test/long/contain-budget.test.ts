import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetInForce } from "../../src/detect/alarm-budget.js";
import { containmentBudget } from "../../src/detect/containment-budget.js";
import { NO_TAIL } from "../../src/model/finding/fleet-day.js";
import type { KeyCrossings } from "../bench/detection/crossings-worker.js";
import { orderFleets } from "../bench/detection/protocol.js";
import { shareWork } from "../bench/detection/share-work.js";
import { budgetPer1000 } from "../helpers/budget-per-1000.js";
import { containmentsOf } from "../helpers/contain-crossings.js";

/** A fleet of the size that budgets are stated of. */
const FLEET_KEYS = 200;
/** Each fleet is judged for three weeks: 18 of them are a year of 200 keys, also without the days of thefts. It takes the better part of an hour of a core. */
const FLEETS = Number(process.env["CONTAIN_BUDGET_FLEETS"] ?? 18);
/** Nothing was tuned on these seeds, and no other figures are reported from them. */
const FIRST_SEED = 2001;
/** One of each kind in each fleet. */
const THEFTS_PER_KIND = 1;
const STATED = [1, 2, 4, 12, 52] as const;
/** A budget that is held is called broken once in so many runs. */
const CHANCE = 0.01;

/** Chance of at least so many events where so many are expected. */
function atLeast(seen: number, expected: number): number {
  let [term, below] = [Math.exp(-expected), 0];
  for (let k = 0; k < seen; k += 1) {
    below += term;
    term *= expected / (k + 1);
  }
  return 1 - below;
}

/** The highest rate a year under which so few are seen once in twenty such times: what the time says at best. */
function mostPerYear(seen: number, years: number): number {
  let [low, high] = [0, 1000];
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2;
    if (1 - atLeast(seen + 1, middle * years) > 0.05) low = middle;
    else high = middle;
  }
  return low;
}

test("in a simulated year of 200 keys with thefts, no more containments without a person hit legitimate traffic than chance allows of their budget", async (t) => {
  const seeds = Array.from({ length: FLEETS }, (_, fleet) => FIRST_SEED + fleet);
  const orders = orderFleets(seeds, FLEETS * FLEET_KEYS, FLEETS * THEFTS_PER_KIND);
  const worker = new URL("../bench/detection/crossings-worker.js", import.meta.url);
  const keys = await shareWork<KeyCrossings>(worker, orders, () => undefined);
  const keyDays = keys.reduce((sum, { benignDays }) => sum + benignDays, 0);
  const thefts = keys.reduce((sum, one) => sum + one.thefts, 0);
  const years = keyDays / (365 * FLEET_KEYS);
  const benign = keys.flatMap(({ crossings }) => crossings.filter(({ isTheft }) => !isTheft));
  const highest = benign.map(({ score }) => score).toSorted((a, b) => b - a);
  t.diagnostic(
    `${keys.length} keys, ${Math.round(keyDays)} benign key-days, ${years.toFixed(3)} years of ${FLEET_KEYS} keys, ${thefts} thefts; ` +
      `highest benign ticks: ${highest
        .slice(0, 8)
        .map((score) => score.toFixed(2))
        .join(" ")}`,
  );
  const fleet = { watchedKeys: FLEET_KEYS, learnedDays: 28, tail: NO_TAIL };
  for (const falsePerYear of STATED) {
    // One page a month of 200 keys, unless the budget of containments alone decides.
    for (const pages of [1000 / (30 * FLEET_KEYS), 5]) {
      const stated = budgetPer1000(pages, 10);
      const budget = containmentBudget(falsePerYear, stated, fleet);
      const made = keys.flatMap((key) => containmentsOf(key, budget, budgetInForce(stated, fleet).thresholds));
      const seen = made.filter(({ isTheft }) => !isTheft).length;
      const { threshold, expectedPerYear } = budget;
      t.diagnostic(
        `stated ${falsePerYear} a year, pages ${pages.toFixed(3)} per 1,000: from ${threshold!.toFixed(2)} on, ${expectedPerYear!.toFixed(2)} a year expected; ` +
          `${made.length} contained, false ${seen}: at most ${mostPerYear(seen, years).toFixed(1)} a year`,
      );
      assert.ok(expectedPerYear! <= falsePerYear + 1e-9);
      assert.ok(atLeast(seen, falsePerYear * years) > CHANCE, `${seen} seen where ${falsePerYear * years} are stated`);
    }
  }
});

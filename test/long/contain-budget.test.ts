import assert from "node:assert/strict";
import { test } from "node:test";
import { containmentBudget } from "../../src/detect/containment-budget.js";
import { NO_TAIL } from "../../src/model/finding/fleet-day.js";
import { outcomes } from "../bench/detection/metrics.js";
import { orderFleets } from "../bench/detection/protocol.js";
import type { KeyDigest } from "../bench/detection/digest.js";
import { shareWork } from "../bench/detection/share-work.js";
import { budgetPer1000 } from "../helpers/budget-per-1000.js";

/** A fleet of the size that budgets are stated of. */
const FLEET_KEYS = 200;
/** Nothing was tuned on these seeds, and no other figures are reported from them. */
const SEEDS = [2001, 2002, 2003];
/** Each is judged for three weeks: 600 take about a quarter of an hour of one core, 3,480 are a year of 200 keys. */
const KEYS = Number(process.env["CONTAIN_BUDGET_KEYS"] ?? 600);
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

test("benign keys of simulated fleets reach the score of a containment no more often than chance allows of its budget", async (t) => {
  const orders = orderFleets(SEEDS, KEYS, 0);
  const worker = new URL("../bench/detection/own-score-worker.js", import.meta.url);
  const keys = await shareWork<KeyDigest>(worker, orders, () => undefined);
  const keyDays = outcomes(keys, 0, Infinity).reduce((sum, { benignDays }) => sum + benignDays, 0);
  const years = keyDays / (365 * FLEET_KEYS);
  const highest = keys.flatMap(({ detectors }) => [...detectors[0]!.upTo]).toSorted((a, b) => b - a);
  const shown = highest.slice(0, 8).map((score) => score.toFixed(2));
  t.diagnostic(
    `${Math.round(keyDays)} benign key-days, ${years.toFixed(3)} years of ${FLEET_KEYS} keys; highest: ${shown.join(" ")}`,
  );
  const fleet = { watchedKeys: FLEET_KEYS, learnedDays: 28, tail: NO_TAIL };
  // One page a month of 200 keys, unless the budget of containments alone decides.
  const seenOf = (pagesPer1000: number, falsePerYear: number) => {
    const budget = containmentBudget(falsePerYear, budgetPer1000(pagesPer1000, 10), fleet);
    const seen = outcomes(keys, 0, budget.threshold!).reduce((sum, { falsePages }) => sum + falsePages, 0);
    return { ...budget, seen, expected: budget.expectedPerYear! * years };
  };
  for (const falsePerYear of STATED) {
    for (const pages of [1000 / (30 * FLEET_KEYS), 5]) {
      const { threshold, expectedPerYear, expected, seen } = seenOf(pages, falsePerYear);
      t.diagnostic(
        `stated ${falsePerYear} a year, pages ${pages.toFixed(3)} per 1,000: from ${threshold!.toFixed(2)} on, ${expectedPerYear!.toFixed(2)} a year expected, ` +
          `${expected.toFixed(2)} in this time, seen ${seen}: at most ${mostPerYear(seen, years).toFixed(1)} a year`,
      );
      assert.ok(expectedPerYear! <= falsePerYear + 1e-9);
      assert.ok(atLeast(seen, falsePerYear * years) > CHANCE, `${seen} seen where ${falsePerYear * years} are stated`);
    }
  }
});

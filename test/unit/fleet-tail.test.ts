import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { budgetInForce, statedBudget } from "../../src/detect/alarm-budget.js";
import { scaleOf, TAIL_FROM } from "../../src/detect/fleet-tail.js";
import { keyDaysPerFalseAlarm, thresholds } from "../../src/detect/threshold.js";
import { readConfig } from "../../src/config.js";
import { NO_TAIL, type FleetTail } from "../../src/model/finding/fleet-day.js";
import { tailOf } from "../../src/pipeline/learn/measure-tail.js";
import type { HighDay, JudgedIncident } from "../../src/store/learn/fleet-tail.js";

const UNTIL = TAIL_FROM + 3.5;

/** What so many key-days leave on record, of which one in `once` scores high, and the rate falls by e^`decay` per unit from there on: without chance. */
function tailWith(keyDays: number, once: number, decay: number): FleetTail {
  const many = Math.round(keyDays / once);
  const high = Array.from({ length: many }, (_, i) =>
    highDay(`key-${i}`, "2026-11-01", TAIL_FROM - Math.log((i + 0.5) / many) / decay),
  );
  return { keyDays, until: UNTIL, ...tailOf(high, [], UNTIL) };
}

test("a fleet of which 20,000 key-days are on record pages about as often as is stated, whatever its tail, though nobody judges a page", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 50, max: 150, noNaN: true }),
      fc.double({ min: 0.65, max: 1.1, noNaN: true }),
      (once, decay) => {
        const { page } = thresholds(1, 10, scaleOf({ learnedDays: 28, tail: tailWith(20_000, once, decay) })!);
        const truly = (1000 / once) * Math.exp(-(page - TAIL_FROM) * decay);
        const isHeld = Math.abs(page - thresholds(1, 10).page) > 0.99;
        assert.ok(isHeld || (truly > 0.7 && truly < 1.4), `${truly} in 1,000 at ${page}`);
      },
    ),
    { numRuns: 300 },
  );
});

test("fewer than 2,000 key-days or 28 days say nothing, and no tail moves a threshold by more than one down and two up", () => {
  const loud = { ...NO_TAIL, keyDays: 1999, below: 500, excess: 900, until: UNTIL };
  assert.equal(scaleOf({ learnedDays: 28, tail: loud }), null);
  assert.equal(scaleOf({ learnedDays: 27, tail: { ...loud, keyDays: 1e6 } }), null);
  const tail = fc.record({
    keyDays: fc.integer({ min: 0, max: 1e7 }),
    until: fc.double({ min: TAIL_FROM - 5, max: TAIL_FROM + 12, noNaN: true }),
    below: fc.integer({ min: 0, max: 1e5 }),
    excess: fc.double({ min: 0, max: 12e5, noNaN: true }),
    benignPages: fc.integer({ min: 0, max: 1e4 }),
  });
  const usual = statedBudget(readConfig({}));
  fc.assert(
    fc.property(tail, fc.integer({ min: 1, max: 50_000 }), (one, watchedKeys) => {
      const { thresholds: limits, pages } = budgetInForce(usual, { watchedKeys, learnedDays: 30, tail: one });
      const plain = budgetInForce(usual, { watchedKeys, learnedDays: 30, tail: NO_TAIL }).thresholds;
      for (const tier of ["page", "notice"] as const) {
        assert.ok(
          limits[tier] >= plain[tier] - 1 - 1e-9 && limits[tier] <= plain[tier] + 2 + 1e-9,
          JSON.stringify(limits),
        );
      }
      assert.ok(limits.notice <= limits.page);
      assert.ok(pages.expected! > 0 && Number.isFinite(pages.expected));
      // The threshold comes to what is told to be expected.
      const keyDays = 30 * watchedKeys;
      assert.ok(Math.abs(keyDays / keyDaysPerFalseAlarm(limits.page, limits.scale) / pages.expected! - 1) < 1e-6);
    }),
  );
});

test("what paged raises no threshold until a person calls it benign, and what is judged a leak never does", () => {
  const quiet = Array.from({ length: 40 }, (_, i): HighDay =>
    highDay(`quiet-${i}`, "2026-11-01", TAIL_FROM + (i % 8) / 2),
  );
  const week = Array.from({ length: 7 }, (_, i) => highDay("robbed", `2026-11-0${i + 1}`, UNTIL + i));
  const judged = (verdict: JudgedIncident["verdict"]): JudgedIncident[] => [
    { keyId: "robbed", openedAt: Date.UTC(2026, 10, 1, 12), endedAt: Date.UTC(2026, 10, 7, 12), verdict },
  ];
  const pageFrom = (high: readonly HighDay[], words: readonly JudgedIncident[]) =>
    thresholds(
      1,
      10,
      scaleOf({ learnedDays: 28, tail: { keyDays: 5000, until: UNTIL, ...tailOf(high, words, UNTIL) } })!,
    ).page;
  const before = pageFrom(quiet, []);
  assert.equal(pageFrom([...quiet, ...week], []), before);
  assert.equal(pageFrom([...quiet, ...week], judged("leak")), before);
  const low = week.map((one) => ({ ...one, score: TAIL_FROM + 1 }));
  assert.equal(pageFrom([...quiet, ...low], judged("leak")), before);
  assert.ok(pageFrom([...quiet, ...week], judged("benign")) >= before);
  // Days on end are one.
  assert.equal(tailOf([...quiet, ...week], judged("benign"), UNTIL).benignPages, 1);
  assert.equal(tailOf(low, [], UNTIL).below, 1);
});

function highDay(keyId: string, day: string, score: number): HighDay {
  return { keyId, observedBy: "gateway", day, score };
}

test("the younger a fleet, the lower its thresholds, since its scores have no past to rise by; from 18 days on they are the usual ones", () => {
  const pageAfter = (learnedDays: number) =>
    budgetInForce(statedBudget(readConfig({})), { watchedKeys: 40, learnedDays, tail: NO_TAIL }).thresholds.page;
  const pages = Array.from({ length: 31 }, (_, days) => pageAfter(days));
  assert.deepEqual(
    pages,
    pages.toSorted((a, b) => a - b),
  );
  const usual = thresholds(1000 / 1200, 10).page;
  assert.deepEqual(
    pages.slice(18),
    Array.from({ length: 13 }, () => usual),
  );
  assert.ok(pageAfter(0) < usual - 1.5);
});

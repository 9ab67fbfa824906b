import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, integer, property, tuple } from "fast-check";
import { fleetFraction } from "../../src/detect/fleet-fraction.js";
import { couldMatter, judgeKey } from "../../src/detect/judge-key.js";
import { measure, type KeyTick } from "../../src/detect/measure.js";
import { NO_HISTORY, surpriseUnder, type BinHistory } from "../../src/detect/surprise.js";
import { keyDaysPerFalseAlarm, severityOf, thresholds } from "../../src/detect/threshold.js";
import {
  HIGHEST_BIN,
  isNoveltyStatistic,
  STATISTIC_COUNT,
  statisticIndex,
  type StatisticGroup,
} from "../../src/model/finding/statistics.js";
import { perWindow } from "../../src/model/finding/window.js";
import { expecting, FROM_HOSTING, keyTick, novelAt, steady } from "../helpers/key-tick.js";

const LIMITS = thresholds(0.1, 10);
const aStatistic = integer({ min: 0, max: STATISTIC_COUNT - 1 });
const GROUPS: readonly [StatisticGroup, number][] = [
  ["n", 9],
  ["c", 9],
  ["p", 9],
  ["z", 1],
  ["s", 1],
  ["l", 1],
  ["d", 1],
  ["b", 1],
  ["e", 1],
];

/** A history in which every bin of every past day is `bin`. */
const always = (bin: number, days: readonly number[]): BinHistory => ({
  days: days.map((daysAgo) => ({ daysAgo, bins: Array.from({ length: STATISTIC_COUNT }, () => bin) })),
  taughtDays: days.length,
  isSuspect: false,
});
const daysAgo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const pageThreshold = (budget: number) => thresholds(budget, budget).page;

test("statistics have the positions 0 to 131, each one once", () => {
  const all = GROUPS.flatMap(([group, levels]) =>
    daysAgo(0, levels - 1).flatMap((level) => daysAgo(0, 3).map((w) => statisticIndex(group, w, level))),
  );
  assert.deepEqual(
    all.toSorted((a, b) => a - b),
    daysAgo(0, 131),
  );
  assert.equal(STATISTIC_COUNT, 132);
  assert.equal(all.filter(isNoveltyStatistic).length, 108);
});

test("the fleet's fractions fall from 1 as bins rise, and never reach 0", () => {
  for (let index = 0; index < STATISTIC_COUNT; index += 1) {
    assert.equal(fleetFraction(index, 0), 1);
    for (let bin = 1; bin <= HIGHEST_BIN; bin += 1) {
      assert.ok(fleetFraction(index, bin) > 0 && fleetFraction(index, bin) <= fleetFraction(index, bin - 1));
    }
  }
});

test("surprise grows with rarity and shrinks with every past day that did the same", () => {
  check(
    property(
      aStatistic,
      integer({ min: 1, max: HIGHEST_BIN - 1 }),
      integer({ min: 0, max: 25 }),
      (index, bin, times) => {
        const past = (n: number): BinHistory => ({
          days: [...always(bin, daysAgo(4, 3 + n)).days, ...always(0, daysAgo(4 + n, 29)).days],
          taughtDays: 26,
          isSuspect: false,
        });
        assert.ok(surpriseUnder(past(times))(index, bin + 1) >= surpriseUnder(past(times))(index, bin));
        assert.ok(surpriseUnder(past(times))(index, bin) >= surpriseUnder(past(times + 1))(index, bin));
        assert.ok(surpriseUnder(past(times))(index, bin) >= 0);
        assert.equal(surpriseUnder(past(times))(index, 0), 0);
      },
    ),
  );
});

test("what a key does every day does not surprise, and 28 clean days add log10(29) to the fleet's verdict", () => {
  check(
    property(aStatistic, integer({ min: 1, max: HIGHEST_BIN }), (index, bin) => {
      assert.ok(surpriseUnder(always(bin, daysAgo(2, 31)))(index, bin) < 0.016);
      const alone = surpriseUnder(NO_HISTORY)(index, bin);
      assert.ok(Math.abs(surpriseUnder(always(bin - 1, daysAgo(1, 40)))(index, bin) - alone - Math.log10(29)) < 1e-9);
      assert.ok(Math.abs(alone + Math.log10(fleetFraction(index, bin))) < 1e-9);
    }),
  );
});

test("a running attack does not teach itself: novelty and refusals look back from four days on, residuals from two, over 28 days", () => {
  const counted = (index: number, day: number) =>
    surpriseUnder(always(5, [day]))(index, 5) !== surpriseUnder(NO_HISTORY)(index, 5);
  const span = (index: number) => daysAgo(1, 40).filter((day) => counted(index, day));
  for (const group of ["n", "c", "p"] as const) assert.deepEqual(span(statisticIndex(group, 1, 2)), daysAgo(4, 31));
  for (const group of ["d", "b", "e"] as const) assert.deepEqual(span(statisticIndex(group, 1)), daysAgo(4, 31));
  for (const group of ["z", "s", "l"] as const) assert.deepEqual(span(statisticIndex(group, 1)), daysAgo(2, 29));
});

test("thresholds follow from the budget: 6.7 for one in 100 key-days, 9.4 in 1,000, 12 in 10,000", () => {
  assert.deepEqual(
    [10, 1, 0.1].map((budget) => pageThreshold(budget).toFixed(2)),
    ["6.73", "9.35", "11.97"],
  );
  for (const budget of [10, 1, 0.1, 0.37]) {
    assert.ok(Math.abs(keyDaysPerFalseAlarm(pageThreshold(budget)) * budget - 1000) < 1e-3);
  }
});

test("severities begin at their thresholds, and a page is critical where it is ten times rarer still", () => {
  const critical = pageThreshold(0.01);
  const around = (at: number) => [at - 2e-6, at + 2e-6].map((value) => severityOf(value, LIMITS));
  assert.deepEqual(around(LIMITS.notice), [null, "warning"]);
  assert.deepEqual(around(LIMITS.page), ["warning", "error"]);
  assert.deepEqual(around(critical), ["error", "critical"]);
  assert.equal(severityOf(LIMITS.page, LIMITS), "error");
  // A notice budget stricter than the page budget does not hide pages.
  assert.equal(severityOf(LIMITS.page, thresholds(0.1, 0.001)), "error");
});

test("the more requests a foreign network adds to the usual traffic, the higher the score", () => {
  const sizes = tuple(
    integer({ min: 0, max: 60 }),
    integer({ min: 0, max: 60 }),
    integer({ min: 0, max: 20 }),
    integer({ min: 1, max: 40 }),
  );
  const scoreOf = (extra: number, usual: number, above: number) =>
    judgeKey(
      keyTick({
        requests: steady(usual + above + extra),
        expectation: expecting(usual),
        novel: { ...novelAt(FROM_HOSTING, steady(extra)), slots: novelAt(FROM_HOSTING, steady(10)).slots },
      }),
      NO_HISTORY,
      LIMITS,
    ).score;
  check(
    property(sizes, ([one, other, above, usual]) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      assert.ok(scoreOf(more, usual, above) >= scoreOf(less, usual, above));
    }),
  );
});

test("no history makes a verdict that the first look had ruled out", () => {
  const aTick = tuple(integer({ min: 0, max: 3000 }), integer({ min: 0, max: 3000 }), integer({ min: 0, max: 60 }));
  const aDay = tuple(integer({ min: 1, max: 40 }), integer({ min: 0, max: HIGHEST_BIN }));
  check(
    property(aTick, array(aDay, { maxLength: 40 }), ([familiar, foreign, usual], days) => {
      const tick: KeyTick = keyTick({
        requests: perWindow((w) => familiar + foreign * (w + 1)),
        expectation: expecting(usual),
        novel: novelAt(
          FROM_HOSTING,
          perWindow((w) => foreign * (w + 1)),
        ),
      });
      const history = {
        days: days.flatMap(([ago, bin]) => always(bin, [ago]).days),
        taughtDays: days.length,
        isSuspect: false,
      };
      if (judgeKey(tick, history, LIMITS).severity !== null) assert.ok(couldMatter(tick, LIMITS));
    }),
  );
});

test("the same figures give the same bytes", () => {
  const tick = keyTick({ requests: steady(40), novel: novelAt(FROM_HOSTING, steady(30)) });
  const text = () => JSON.stringify(judgeKey(tick, always(1, daysAgo(1, 32)), LIMITS));
  assert.equal(text(), text());
  assert.equal(measure(tick).bins.length, STATISTIC_COUNT);
});

test("what is compared with the past says which days do not count", () => {
  const tick = keyTick({ requests: steady(40), novel: novelAt(FROM_HOSTING, steady(30)) });
  const explained = (days: readonly number[]) => JSON.stringify(judgeKey(tick, always(0, days), LIMITS));
  assert.match(explained(daysAgo(1, 7)), /reached that on 0 of 4 past days \(the last 3 days not counted\)/);
  assert.match(explained(daysAgo(1, 3)), /no history to compare with \(the last 3 days not counted\)/);
});

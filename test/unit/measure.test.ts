import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, integer, property } from "fast-check";
import { prefixSums, windowFloors } from "../../src/baseline/slide-windows.js";
import { judgeKey } from "../../src/detect/judge-key.js";
import { measure, type KeyTick } from "../../src/detect/measure.js";
import { findOnset } from "../../src/detect/onset.js";
import { thresholds } from "../../src/detect/threshold.js";
import { Random } from "../../src/local/simulator/random.js";
import { countBin, floorBin, residualBin, statisticIndex } from "../../src/model/finding/statistics.js";
import { perWindow, type PerWindow } from "../../src/model/finding/window.js";
import { floorsAt } from "../../src/pipeline/check/leak/minute-series.js";
import { expecting, FROM_HOSTING, keyTick, novelAt, steady } from "../helpers/key-tick.js";

const LIMITS = thresholds(1, 10);
const HOSTING = 0;
const CLEAN = {
  days: Array.from({ length: 32 }, (_, i) => ({ daysAgo: i + 1, bins: [] })),
  taughtDays: 32,
  isSuspect: false,
};

test("bins are those of the specification", () => {
  assert.deepEqual([0, 0.99, 1, 1.58, 1.6, 2, 4, 256, 1e30].map(countBin), [0, 0, 1, 1, 2, 2, 4, 13, 33]);
  assert.deepEqual([-1, 0, 0.01, 0.5, 2, 99].map(residualBin), [0, 0, 1, 2, 5, 33]);
  assert.deepEqual([0, 0.04, 0.05, 0.78, 1].map(floorBin), [0, 0, 1, 15, 20]);
});

test("traffic that moves to another network instead of staying counts for nothing, and nobody is told", () => {
  const moved = keyTick({ novel: novelAt(FROM_HOSTING, steady(10)) });
  assert.ok(measure(moved).additiveShare[HOSTING]!.every((share) => share === 0));
  const { severity, score } = judgeKey(moved, CLEAN, LIMITS);
  assert.deepEqual([severity, score < 3], [null, true]);
  const halfMoved = keyTick({ novel: novelAt(FROM_HOSTING, steady(5)) });
  assert.ok(measure(halfMoved).additiveShare[HOSTING]!.every((share) => share < 0.03));
  assert.equal(judgeKey(halfMoved, CLEAN, LIMITS).severity, null);
});

test("traffic from another network in addition to the usual counts in full, and pages", () => {
  const added = keyTick({ requests: steady(30), novel: novelAt(FROM_HOSTING, steady(20)) });
  assert.ok(measure(added).additiveShare[HOSTING]!.every((share) => share > 0.99));
  assert.equal(judgeKey(added, CLEAN, LIMITS).severity, "error");
});

test("of a newcomer that is small against the usual traffic, or of an unknown key, half is believed", () => {
  const small = keyTick({ requests: steady(10.01), novel: novelAt(FROM_HOSTING, steady(0.01)) });
  assert.ok(measure(small).additiveShare[HOSTING]!.every((share) => Math.abs(share - 0.5) < 0.02));
  const unknown = keyTick({ expectation: null, novel: novelAt(FROM_HOSTING, steady(10)) });
  assert.deepEqual(
    measure(unknown).additiveShare[HOSTING],
    perWindow(() => 0.5),
  );
});

test("additive share is that of the formula, bounded by twice the longer windows'", () => {
  const requests = [200, 650, 3650, 14_450] as const;
  const tick = keyTick({ requests, novel: novelAt(["ip"], [50, 50, 50, 50]) });
  const raw = perWindow((w) => {
    const { requests: m, rateVariance } = expecting(10);
    const r = Math.log((requests[w]! + 1) / (m[w]! + 1));
    const rk = Math.log((requests[w]! - 50 + 1) / (m[w]! + 1));
    return 1 / (1 + Math.exp(-Math.max(-7, Math.min(7, (r ** 2 - rk ** 2) / (2 * rateVariance[w]!)))));
  });
  const wanted = perWindow((w) => Math.min(raw[w]!, 2 * raw[1], 2 * raw[2], 2 * raw[3]));
  const measured = measure(tick).additiveShare[5]!;
  for (const w of [0, 1, 2, 3]) assert.ok(Math.abs(measured[w]! - wanted[w]!) < 1e-12);
});

test("usual churn is not evidence: requests, their cost and their persistence beyond it are", () => {
  const churn = [0, 0, 0, 0, 0, 0.5];
  const tick = (extra: number) =>
    keyTick({
      requests: steady(40),
      churn,
      novel: novelAt(["ip"], steady(20 + extra), 100),
      spendMicros: steady(4000),
      spendPerRequest: 100,
    });
  const at = (group: "n" | "c" | "p", extra: number) => measure(tick(extra)).bins[statisticIndex(group, 1, 5)];
  assert.deepEqual([at("n", 0), at("c", 0), at("p", 0)], [0, 0, 0]);
  assert.deepEqual([at("n", 10), at("c", 10), at("p", 10)], [countBin(600), countBin(600), countBin(12)]);
});

test("what costs nothing counts by its requests, and what costs more by its cost: never by less than either", () => {
  const usual = {
    requests: steady(14),
    spendMicros: steady(4 * 7000),
    spendPerRequest: 7000,
    expectation: expecting(4),
  };
  const binOf = (microsEach: number, changed: Partial<KeyTick> = {}) => {
    const tick = keyTick({ ...usual, ...changed, novel: novelAt(FROM_HOSTING, steady(10), microsEach) });
    const { bins, additiveRequests } = measure(tick);
    return [bins[statisticIndex("c", 1, HOSTING)], countBin(additiveRequests[HOSTING]![1])];
  };
  for (const microsEach of [0, 1, 6999]) {
    const [cost, count] = binOf(microsEach);
    assert.ok(count! > 0 && cost === count, String(microsEach));
  }
  const [dear, count] = binOf(70_000);
  assert.equal(dear, countBin(10 * additive()));
  assert.ok(dear > count!);
  // Prices that came later than the traffic, or that the key never had, change nothing of it.
  for (const spendPerRequest of [0, 0.001, 1e12]) assert.ok(binOf(0, { spendPerRequest })[0]! >= count!);

  function additive(): number {
    return measure(keyTick({ ...usual, novel: novelAt(FROM_HOSTING, steady(10)) })).additiveRequests[HOSTING]![1];
  }
});

test("a theft of sixty a minute pages within the hour on a route without a price, from a history of a month", () => {
  const stolen = steady(60).with(2, 3600).with(3, 3600) as unknown as PerWindow;
  const novel = novelAt(FROM_HOSTING, stolen, 0);
  const spent = { spendMicros: steady(4 * 7000), spendPerRequest: 7000, expectation: expecting(4) };
  const tick = keyTick({ ...spent, requests: perWindow((w) => steady(4)[w]! + stolen[w]!), novel });
  assert.equal(judgeKey(tick, CLEAN, LIMITS).severity, "error");
});

test("the rate of familiar networks leaves out what foreign networks sent, once", () => {
  const usual = measure(keyTick()).rateResidual;
  const novel = novelAt(FROM_HOSTING, steady(30));
  assert.deepEqual(measure(keyTick({ requests: steady(40), novel })).rateResidual, usual);
  // Where the system is not known, a foreign /16 stands for it; a new corner of a known system is familiar.
  const unplaced = { ...novelAt(["net16", "net24", "ip"], steady(30)), unplacedRequests: steady(30) };
  assert.deepEqual(measure(keyTick({ requests: steady(40), novel: unplaced })).rateResidual, usual);
  const sameSystem = novelAt(["net16", "net24", "ip"], steady(30));
  assert.ok(measure(keyTick({ requests: steady(40), novel: sameSystem })).rateResidual.every((z) => z > 4));
});

test("residuals and floors are silent in a key's first three days", () => {
  const loud = {
    requests: steady(80),
    floors: perWindow(() => 0.8),
    currentShare: 0.8,
    spendMicros: steady(8e4),
    spendPerRequest: 1,
  };
  const spoken = (ageDays: number) =>
    (["z", "s", "l"] as const).map(
      (group) => measure(keyTick({ ...loud, ageDays })).bins[statisticIndex(group, 1)]! > 0,
    );
  assert.deepEqual(
    [spoken(2.999), spoken(3)],
    [
      [false, false, false],
      [true, true, true],
    ],
  );
});

test("a floor counts from a quarter of the limit on, while the key is still near it", () => {
  const bin = (floor: number, currentShare: number) =>
    measure(keyTick({ floors: perWindow(() => floor), currentShare })).bins[statisticIndex("l", 0)];
  assert.deepEqual([bin(0.78, 0.78), bin(0.25, 0.3), bin(0.249, 0.9), bin(0.78, 0.299)], [15, 5, 0, 0]);
});

test("at marks of five minutes the live check's floors are the learner's", () => {
  const aDay = array(integer({ min: 0, max: 100 }), { minLength: 1500, maxLength: 1500 });
  check(
    property(aDay, integer({ min: 0, max: 12 }), (requests, step) => {
      const end = 288 + step;
      const slots = Array.from({ length: 300 }, (_, i) => requests.slice(i * 5, i * 5 + 5).reduce((a, b) => a + b, 0));
      const live = floorsAt({ start: 0, requests, spendMicros: [] }, end * 300_000, 80);
      assert.deepEqual(live.floors, windowFloors(slots, end, 400));
      assert.equal(live.currentShare, slots[end - 1]! / 400);
      assert.equal(
        prefixSums(slots)[end],
        slots.slice(0, end).reduce((a, b) => a + b, 0),
      );
    }),
    { numRuns: 20 },
  );
});

test("the onset is found within three minutes, for a rise over usual traffic and for a newcomer", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = new Random(seed, "onset");
    const [planted, length] = [random.whole(300, 1380), 1440];
    const rise = Array.from({ length }, (_, i) => random.poisson(i < planted ? 10 : 35));
    const newcomer = Array.from({ length }, (_, i) => (i < planted ? 0 : random.poisson(5)));
    // One stray request long before, as of a probe, is not the start.
    newcomer[random.whole(0, planted - 60)] = 1;
    const [usual, nothing] = [rise.map(() => 10), rise.map(() => 0)];
    for (const found of [findOnset(rise, usual), findOnset(newcomer, nothing)]) {
      assert.ok(Math.abs(found - planted) <= 3, `seed ${seed}: ${found} for ${planted}`);
    }
  }
});

test("where nothing is raised, the onset is the last minute", () => {
  assert.equal(findOnset([3, 3, 3], [5, 5, 5]), 2);
  assert.equal(findOnset([], []), 0);
});

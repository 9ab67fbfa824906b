import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, double, integer, property, uint8Array } from "fast-check";
import { fuse } from "../../src/detect/fusion.js";
import { NO_SURPRISES } from "../../src/detect/window-surprises.js";
import { benignTicks, digest, type KeyDigest } from "../bench/detection/digest.js";
import { bootstrap, wilson } from "../bench/detection/intervals.js";
import { lostShare, medianDelay, outcomes, recalls, thresholdForBudget } from "../bench/detection/metrics.js";
import { FIRST_JUDGED_TICK, FROM, TICKS } from "../bench/detection/protocol.js";
import { grafanaRobust } from "../bench/detection/rivals/grafana-bands.js";
import { VARIANTS, variantScore } from "../bench/detection/variants.js";
import { medianMad, zScore } from "../bench/detection/rivals/hour-of-week.js";
import type { Theft } from "../bench/detection/traffic-of-key.js";

const SLOT = 300_000;
const HOUR = 12;

/** Incidents as the protocol words it: benign ticks at the threshold, less than a day apart, are one. */
function countRuns(scores: readonly number[], benign: Uint8Array, threshold: number): number {
  const alarms = scores.flatMap((score, i) => (benign[i] === 1 && score >= threshold ? [i] : []));
  return alarms.filter((at, i) => i === 0 || at - alarms[i - 1]! >= 24 * HOUR).length;
}

function keyOf(scores: readonly number[], benign: Uint8Array, thefts: readonly Theft[] = []): KeyDigest {
  const attacks = thefts.map(({ kind, origin, copiesClient, from }) => ({
    kind,
    origin,
    copiesClient,
    firstDays: null,
    from,
    spendMicros: 100,
  }));
  const benignCount = benign.reduce((sum, is) => sum + is, 0);
  return {
    truth: { seed: 1, index: 0, benignTicks: benignCount, attacks },
    detectors: [digest(scores, benign, thefts)],
  };
}

function theftOf(fromTick: number, ticks: number): Theft {
  const from = FROM + fromTick * SLOT;
  const to = from + ticks * SLOT;
  const spendUntil = Float64Array.from({ length: TICKS }, (_, i) =>
    Math.min(100, Math.max(0, ((i + 1 - fromTick) / ticks) * 100)),
  );
  return { kind: "A", origin: "hosting", copiesClient: false, systems: new Set<number>(), from, to, spendUntil };
}

test("a digest has as many false pages under every threshold as there are incidents", () => {
  check(
    property(
      array(integer({ min: 0, max: 9 }), { minLength: 900, maxLength: 900 }),
      uint8Array({ max: 1, minLength: 900, maxLength: 900 }),
      integer({ min: 5, max: 60 }),
      (levels, benign, sparsity) => {
        const scores = levels.map((level, i) => (i % sparsity === 0 ? level : 0));
        for (let threshold = 1; threshold <= 9; threshold += 1) {
          const [outcome] = outcomes([keyOf(scores, benign)], 0, threshold);
          assert.equal(outcome!.falsePages, countRuns(scores, benign, threshold));
        }
      },
    ),
  );
});

test("a budget's threshold keeps to it, and the next alarm below would not", () => {
  const anyScores = array(array(double({ min: 0.1, max: 9, noNaN: true }), { minLength: 20, maxLength: 20 }), {
    minLength: 2,
    maxLength: 8,
  });
  check(
    property(anyScores, integer({ min: 1, max: 20 }), (peaks, allowed) => {
      // Peaks a day apart are incidents of their own.
      const keys = peaks.map((values) => {
        const scores = values.flatMap((peak) => [peak, ...Array.from({ length: 287 }, () => 0)]);
        return keyOf(scores, new Uint8Array(scores.length).fill(1));
      });
      const days = 20 * peaks.length;
      const threshold = thresholdForBudget(keys, 0, (1000 * allowed) / days);
      const pages = (at: number) => outcomes(keys, 0, at).reduce((sum, { falsePages }) => sum + falsePages, 0);
      const exact = peaks.flat().map((peak) => Math.fround(peak));
      assert.ok(pages(threshold) <= allowed);
      const below = exact.filter((peak) => peak < threshold);
      if (below.length > 0) assert.ok(pages(Math.max(...below)) > allowed);
    }),
  );
});

test("an attack counts as found within a delay from its first request, up to a quarter of an hour after its last", () => {
  const start = FIRST_JUDGED_TICK + 100;
  const alarmAt = (tick: number) => {
    const scores = Array.from({ length: TICKS }, (_, i) => (i === tick ? 5 : 0));
    const theft = theftOf(start, 24);
    return outcomes([keyOf(scores, benignTicks(TICKS, 0, [theft]), [theft])], 0, 5)[0]!;
  };
  // A tick is judged at its end: that of the third slot is 15 minutes after the attack's first.
  assert.deepEqual(recalls(alarmAt(start + 2).attacks), [1, 1, 1, 1]);
  assert.deepEqual(recalls(alarmAt(start + 3).attacks), [0, 1, 1, 1]);
  assert.equal(lostShare(alarmAt(start + 11).attacks), 0.5);
  assert.equal(medianDelay(alarmAt(start + 26).attacks), 135);
  assert.deepEqual(recalls(alarmAt(start + 27).attacks), [0, 0, 0, 0]);
  assert.equal(lostShare(alarmAt(start + 27).attacks), 1);
});

test("alarms during an attack and for a day after it are no false pages; before it and later they are", () => {
  const [start, length] = [FIRST_JUDGED_TICK + 300, 24];
  const benign = benignTicks(TICKS, 0, [theftOf(start, length)]);
  const end = start + length;
  assert.deepEqual(
    [start - 1, start, end + 287, end + 288].map((tick) => benign[tick]),
    [1, 0, 0, 1],
  );
  assert.equal(benign[FIRST_JUDGED_TICK - 1], 0);
  assert.equal(benignTicks(TICKS, FIRST_JUDGED_TICK + 50, []).indexOf(1), FIRST_JUDGED_TICK + 50);
});

test("Wilson's interval is the published one, and a bootstrap over keys is wider where a few keys have it all", () => {
  const { low, high } = wilson(10, 20);
  assert.deepEqual([low.toFixed(3), high.toFixed(3)], ["0.327", "0.673"]);
  assert.equal(wilson(0, 10).low, 0);
  const even = Array.from({ length: 100 }, () => [1, 1]);
  const rare = even.map((_, i) => [1, i < 4 ? 25 : 0]);
  const [flat] = bootstrap(even, [(totals) => totals[1]! / totals[0]!]);
  const [wide] = bootstrap(rare, [(totals) => totals[1]! / totals[0]!]);
  assert.deepEqual([flat!.value, flat!.low, flat!.high], [1, 1, 1]);
  assert.equal(wide!.value, 1);
  assert.ok(wide!.low < 0.6 && wide!.high > 1.6);
});

test("the rivals see a jump above what the same hours of past weeks, or the last day, had", () => {
  const requests = Float64Array.from({ length: TICKS }, (_, i) => 100 + ((i * 7919) % 13));
  const jump = TICKS - 200;
  for (let i = jump; i < jump + 24; i += 1) requests[i] = 400;
  const key = { requests, limitPerMinute: 100, bornSlot: 0, fromNewSystems: new Float64Array(TICKS) };
  for (const rival of [zScore, medianMad, grafanaRobust]) {
    const alarms = [...rival.judge(key).entries()].filter(([, score]) => score >= rival.shippedAt).map(([i]) => i);
    assert.ok(alarms.length > 0, rival.name);
    assert.ok(alarms[0]! >= jump && alarms.at(-1)! < jump + 40, `${rival.name}: ${alarms[0]} to ${alarms.at(-1)}`);
  }
});

test("a detector that is left some of its evidence scores by no other", () => {
  const surprises = [{ ...NO_SURPRISES, novelRequests: 6, novelSpend: 6, foreign: 6, persistence: 3, rate: 2 }];
  const whole = fuse(surprises, { isPlaced: true, firstDays: null, heldBack: 0 });
  const of = (name: string) =>
    variantScore(
      VARIANTS.findIndex((one) => one.name === name),
      whole,
    );
  assert.equal(of("all but refusals"), whole.value);
  assert.equal(of("refusals only"), 0);
  assert.ok(of("rate only") > 0 && of("rate only") < of("all but sources") + 1e-9 && of("sources only") < whole.value);
});

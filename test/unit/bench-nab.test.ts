import assert from "node:assert/strict";
import { test } from "node:test";
import type { NabProfile, NabSeries } from "../bench/detection/nab/read-corpus.js";
import { scaledSigmoid, scoreCorpus } from "../bench/detection/nab/score-corpus.js";
import { normalTail } from "../bench/detection/nab/windowed-gaussian.js";

const profile: NabProfile = { name: "standard", truePositive: 1, falseNegative: 1, falsePositive: 0.11 };
const series: NabSeries = {
  name: "one",
  times: Array.from({ length: 1000 }, (_, i) => i * 300_000),
  values: Array.from({ length: 1000 }, () => 1),
  windows: [
    { first: 400, last: 449 },
    { first: 800, last: 849 },
  ],
};
const scoreOf = (...alarms: number[]) => {
  const anomalies = series.values.map((_, i) => (alarms.includes(i) ? 1 : 0));
  return scoreCorpus([series], [anomalies], profile).score;
};

test("NAB gives 100 for the left edge of every window, 0 for silence, and less for late and false alarms", () => {
  assert.equal(scoreOf(), 0);
  assert.equal(scoreOf(400, 800), 100);
  assert.equal(scoreOf(400), 50);
  assert.ok(scoreOf(440, 800) < 100 && scoreOf(440, 800) > 75);
  // Inside probation nothing counts; outside a window each alarm costs 0.11, less close behind one.
  assert.equal(scoreOf(100, 400, 800), 100);
  assert.equal(scoreOf(300, 400, 800).toFixed(3), (100 - (100 * 0.11) / 4).toFixed(3));
  const close = -0.11 * scaledSigmoid(5 / 49);
  assert.equal(scoreOf(400, 454, 800).toFixed(3), (100 - (100 * close) / 4).toFixed(3));
});

test("the tail of the normal distribution is that of the tables", () => {
  assert.equal(normalTail(0).toFixed(6), "0.500000");
  assert.equal(normalTail(1.6448536269514722).toFixed(6), "0.050000");
  assert.equal((normalTail(6) * 1e10).toFixed(2), "9.87");
});

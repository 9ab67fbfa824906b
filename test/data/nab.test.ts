import assert from "node:assert/strict";
import { test } from "node:test";
import { readCorpus } from "../bench/detection/nab/read-corpus.js";
import { scoreCorpus } from "../bench/detection/nab/score-corpus.js";
import { windowedGaussian } from "../bench/detection/nab/windowed-gaussian.js";

test("the scoring of the NAB bench gives a detector of NAB its published scores", () => {
  const dataFolder = process.env["TEST_DATA_DIR"] ?? "";
  assert.notEqual(dataFolder, "", "TEST_DATA_DIR is not set: npm run test:data -- --data DIR");
  const { series, profiles, published } = readCorpus(dataFolder);
  assert.equal(series.length, 58);
  const anomalies = series.map(windowedGaussian);
  for (const profile of profiles) {
    const { score } = scoreCorpus(series, anomalies, profile);
    assert.equal(score.toFixed(2), published["windowedGaussian"]![profile.name]!.toFixed(2));
  }
});

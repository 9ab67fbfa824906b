import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { highestScore } from "../../src/detect/judge-key.js";
import { measure, writeBins } from "../../src/detect/measure.js";
import { NO_NOVEL_TRAFFIC, NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import { NO_REFUSALS } from "../../src/model/finding/refusals.js";
import { HIGHEST_BIN, STATISTIC_COUNT } from "../../src/model/finding/statistics.js";
import { expecting, keyTick, novelAt } from "../helpers/key-tick.js";

const perWindow = fc.tuple(...([0, 1, 2, 3] as const).map(() => fc.integer({ min: 0, max: 3000 })));
const four = perWindow.map(([a, b, c, d]) => [a!, b!, c!, d!] as const);

test("the bins that a replayed day writes are those of the live check", () => {
  const aTick = fc.record({
    requests: four,
    spendMicros: four,
    novel: fc.oneof(
      fc.constant(NO_NOVEL_TRAFFIC),
      fc.tuple(fc.subarray([...NOVELTY_LEVELS]), four, fc.integer({ min: 0, max: 9 })).map((of) => novelAt(...of)),
    ),
    expectation: fc.constantFrom(null, expecting(0), expecting(1.3)),
    churn: fc.constantFrom([], [0, 0.5, 0, 0.1, 0.1, 0.1]),
    spendPerRequest: fc.constantFrom(0, 2.5),
    ageDays: fc.constantFrom(0.5, 30),
    floors: fc.constantFrom(null, [0.9, 0.3, 0.2, 0] as const),
    currentShare: fc.constantFrom(0, 0.95),
    refusals: fc.oneof(
      fc.constant(NO_REFUSALS),
      four.map((some) => ({ requests: some, routes: some, routesOfUnknown: some })),
    ),
  });
  fc.assert(
    fc.property(aTick, (given) => {
      const tick = keyTick(given);
      const bins = new Uint8Array(2 * STATISTIC_COUNT);
      writeBins(tick, bins, STATISTIC_COUNT);
      assert.deepEqual([...bins.subarray(STATISTIC_COUNT)], measure(tick).bins);
      assert.ok(bins.subarray(0, STATISTIC_COUNT).every((bin) => bin === 0));
    }),
    { numRuns: 500 },
  );
});

test("no tick of a day scores higher under the kindest history than the highest bins of all its ticks together", () => {
  const bins = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: HIGHEST_BIN })), {
    minLength: STATISTIC_COUNT,
    maxLength: STATISTIC_COUNT,
  });
  fc.assert(
    fc.property(bins, bins, fc.boolean(), (one, other, isPlaced) => {
      const both = one.map((bin, i) => Math.max(bin, other[i]!));
      assert.ok(highestScore(both, isPlaced, null) >= highestScore(one, isPlaced, null));
    }),
    { numRuns: 500 },
  );
});

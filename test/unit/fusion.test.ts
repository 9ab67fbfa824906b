import assert from "node:assert/strict";
import { test } from "node:test";
import { score } from "../../src/detect/fusion.js";
import { NO_HISTORY, surpriseUnder } from "../../src/detect/surprise.js";
import { scoreOnceIn } from "../../src/detect/threshold.js";
import { NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import { HIGHEST_BIN, STATISTIC_COUNT, statisticIndex } from "../../src/model/finding/statistics.js";
import { WINDOW_MINUTES } from "../../src/model/finding/window.js";

const NONE = surpriseUnder(NO_HISTORY);
const GROUPS = ["n", "c", "p", "z", "s", "l", "d", "b", "e"] as const;

test("the score is the better expert of the best window, with the weights of the specification", () => {
  const newcomer = { n: 0.78, c: 1.39, z: 0.45, s: 0.16, l: 0, p: 0.45, d: 0, b: 0, e: 0 };
  const known = { n: 0.41, c: 0, z: 0.91, s: 0.91, l: 1.14, p: 0, d: 0, b: 0, e: 0 };
  const bias = [0.44, 0.3, 0.06, 0.31];
  for (const group of GROUPS) {
    for (const w of WINDOW_MINUTES.keys()) {
      const bins = Array.from({ length: STATISTIC_COUNT }, () => 0);
      bins[statisticIndex(group, w, 0)] = HIGHEST_BIN;
      const s = surpriseUnder(NO_HISTORY)(statisticIndex(group, w, 0), HIGHEST_BIN);
      const elsewhere = 0.28 - Math.min(...bias.filter((_, other) => other !== w));
      // Refusals of unknown sources stand for themselves, up to once in 10,000 key-days; those of anybody only where they are many and on many routes.
      const alone = group === "e" ? scoreOnceIn(10 ** Math.min(s - 0.3, 4)) : -Infinity;
      const here = Math.max(alone, Math.max(newcomer[group] * s, 0.28 + known[group] * s) - bias[w]!);
      assert.ok(Math.abs(score(bins, NONE).value - Math.max(here, elsewhere)) < 1e-6, `${group} ${w}`);
    }
  }
  const route = Array.from({ length: STATISTIC_COUNT }, () => 0);
  route[statisticIndex("c", 2, 7)] = HIGHEST_BIN;
  const s = surpriseUnder(NO_HISTORY)(statisticIndex("c", 2, 7), HIGHEST_BIN);
  assert.ok(Math.abs(score(route, NONE).value - Math.max(0.42 * s, 0.28 + 0.16 * s) + 0.06) < 1e-6);
});

test("a program is heard as a network is, and refusals are the less surprising of their number and their routes", () => {
  const usual = surpriseUnder(NO_HISTORY);
  const bins = (...set: readonly (readonly [number, number])[]) => {
    const all = Array.from({ length: STATISTIC_COUNT }, () => 0);
    for (const [index, bin] of set) all[index] = bin;
    return all;
  };
  const [requests, spend] = [statisticIndex("n", 1, 8), statisticIndex("c", 1, 8)];
  const heard = score(bins([requests, 20], [spend, 20]), usual);
  assert.ok(Math.abs(heard.value - (0.78 * usual(requests, 20) + 1.39 * usual(spend, 20) - 0.3)) < 1e-6);
  assert.equal(heard.expert, "program");
  const [many, routes] = [statisticIndex("d", 0), statisticIndex("b", 0)];
  const of = (d: number, b: number) => score(bins([many, d], [routes, b]), usual).value;
  assert.equal(of(12, 0), of(0, 0));
  assert.equal(of(0, 12), of(0, 0));
  const wanted = scoreOnceIn(10 ** Math.min(4, Math.min(usual(many, 24), usual(routes, 20)) - 1.5));
  assert.ok(Math.abs(of(24, 20) - wanted) < 1e-6);
});

test("a foreign network of a key's first 48 hours stands for itself, as rare as it is among first days and once in 100,000 key-days at most; another address in a known network does not", () => {
  for (const [kind, less] of [
    ["new", 1],
    ["dormant", 1.3],
  ] as const) {
    const surpriseOf = surpriseUnder(NO_HISTORY, { kind, peers: kind === "new" ? "owner" : null, until: Infinity });
    for (const group of ["n", "c"] as const) {
      for (const [level, name] of NOVELTY_LEVELS.entries()) {
        for (const bin of [1, 9, 20, HIGHEST_BIN]) {
          const bins = Array.from({ length: STATISTIC_COUNT }, () => 0);
          bins[statisticIndex(group, 1, level)] = bin;
          const [first, later] = [kind, null].map((firstDays) => {
            return score(bins, surpriseOf, { isPlaced: true, firstDays });
          }) as [ReturnType<typeof score>, ReturnType<typeof score>];
          const isForeign = /^asn_|^net16$/.test(name);
          const rare = 10 ** Math.min(surpriseOf(statisticIndex(group, 1, level), bin) - less, 5);
          const wanted = isForeign ? Math.max(later.value, scoreOnceIn(rare)) : later.value;
          assert.ok(Math.abs(first.value - wanted) < 2e-6, `${kind} ${group} ${name} ${bin}`);
        }
      }
    }
  }
});

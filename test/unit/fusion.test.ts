import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, double, property } from "fast-check";
import { EXPERTS } from "../../src/detect/experts.js";
import { contributions, fuse, score } from "../../src/detect/fusion.js";
import { NO_HISTORY, surpriseUnder } from "../../src/detect/surprise.js";
import { scoreOnceIn, severityOf, thresholds } from "../../src/detect/threshold.js";
import { NO_SURPRISES, type WindowSurprises } from "../../src/detect/window-surprises.js";
import { NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import {
  HIGHEST_BIN,
  STATISTIC_COUNT,
  statisticIndex,
  type StatisticGroup,
} from "../../src/model/finding/statistics.js";
import { WINDOW_MINUTES } from "../../src/model/finding/window.js";

const NOTHING = Array.from({ length: STATISTIC_COUNT }, () => 0);

test("the score is that of the loudest expert in its loudest window, with the weights of the specification", () => {
  const network = [1.65, -0.25, -1.3, -0.65];
  const program = [-0.1, -0.9, 0.2, -0.95];
  const known = { z: 0.95, s: 0.95, l: 0.25, offsets: [-0.15, 1.1, 1.15, -0.15] };
  const usual = surpriseUnder(NO_HISTORY);
  const levelOf = (name: string) => NOVELTY_LEVELS.findIndex((level) => level === name);
  for (const w of WINDOW_MINUTES.keys()) {
    const scoreOf = (...set: readonly (readonly [StatisticGroup, number, number])[]) => {
      const bins = Array.from({ length: STATISTIC_COUNT }, () => 0);
      const heard = set.map(([group, level, bin]) => {
        const index = statisticIndex(group, w, level);
        bins[index] = bin;
        return usual(index, bin);
      });
      return { heard, value: score(bins, usual).value };
    };
    const near = (value: number, wanted: number, what: string) =>
      assert.ok(Math.abs(value - Math.max(0, wanted)) < 2e-6, `${what} ${w}: ${value}, not ${wanted}`);
    for (const group of ["z", "s", "l"] as const) {
      const { value, heard } = scoreOf([group, 0, 12]);
      near(value, known[group] * heard[0]! + known.offsets[w]!, group);
    }
    const subnet = scoreOf(["c", levelOf("net24"), 30], ["p", levelOf("net24"), 6], ["z", 0, 4], ["s", 0, 3]);
    const [cost, slots, rate, spend] = subnet.heard as [number, number, number, number];
    near(subnet.value, 0.8 * cost + 0.34 * slots + 0.28 * Math.max(rate, spend) + network[w]!, "subnet");
    const system = scoreOf(["n", levelOf("asn_isp"), 24], ["c", levelOf("asn_isp"), 20], ["c", levelOf("route"), 10]);
    const [requests, price, route] = system.heard as [number, number, number];
    near(system.value, 0.8 * price + 0.55 * Math.max(requests, price) + 0.7 * route + network[w]!, "system");
    const newcomer = scoreOf(["c", levelOf("client"), 24], ["p", levelOf("client"), 5], ["l", 0, 14]);
    const [of, lasting, floor] = newcomer.heard as [number, number, number];
    near(newcomer.value, 1.05 * of + 0.78 * lasting + 0.35 * floor + program[w]!, "program");
  }
  assert.equal(score(NOTHING, usual).value, 0, "a key that does nothing unusual has no score");
});

test("what each kind of evidence adds and the offset of the window are the score", () => {
  const decades = double({ min: 0, max: 8, noNaN: true });
  const parts = Object.keys(NO_SURPRISES).filter((name) => name !== "level" && !name.startsWith("refusals"));
  check(
    property(array(decades, { minLength: 4 * parts.length, maxLength: 4 * parts.length }), (values) => {
      const windows = WINDOW_MINUTES.map((_, w) => {
        const own = parts.map((name, i) => [name, values[w * parts.length + i]!] as const);
        return Object.fromEntries([...Object.entries(NO_SURPRISES), ...own]) as unknown as WindowSurprises;
      });
      const result = fuse(windows, { isPlaced: true, firstDays: null, heldBack: 0 });
      const sum = Object.values(contributions(result)).reduce((all, share) => all + share, 0);
      const offset = EXPERTS[result.expert as keyof typeof EXPERTS].weights.offsets[result.window]!;
      assert.ok(Math.abs(result.value - Math.max(0, sum + offset)) < 1e-5);
    }),
  );
});

test("refusals are the less surprising of their number and their routes", () => {
  const usual = surpriseUnder(NO_HISTORY);
  const bins = (...set: readonly (readonly [number, number])[]) => {
    const all = Array.from({ length: STATISTIC_COUNT }, () => 0);
    for (const [index, bin] of set) all[index] = bin;
    return all;
  };
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
          const first = score(bins, surpriseOf, { isPlaced: true, firstDays: kind, heldBack: 0 });
          const isForeign = /^asn_|^net16$/.test(name);
          const rare = 10 ** Math.min(surpriseOf(statisticIndex(group, 1, level), bin) - less, 5);
          const wanted = isForeign ? Math.max(0, scoreOnceIn(rare)) : 0;
          assert.ok(Math.abs(first.value - wanted) < 2e-6, `${kind} ${group} ${name} ${bin}`);
        }
      }
    }
  }
});

test("what is as rare as a budget of pages is a page: the rarest of those who explore at 0.1 in 1,000 key-days", () => {
  const loudest = { ...NO_SURPRISES, refusals: 9, refusalsOfUnknown: 9 };
  const { value, expert } = fuse([loudest], { isPlaced: true, firstDays: null, heldBack: 0 });
  assert.deepEqual([expert, severityOf(value, thresholds(0.1, 10))], ["explorer", "error"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, double, integer, property } from "fast-check";
import { GroupSums, surgeOf } from "../../src/detect/group-sums.js";
import { upperTail } from "../../src/detect/judge-group.js";
import { judgeSharedNetwork } from "../../src/detect/shared-network.js";
import { keyDaysPerFalseAlarm, scoreOnceIn, thresholds } from "../../src/detect/threshold.js";
import { groupKey, groupsOf, parseGroup } from "../../src/model/key/key-group.js";
import { perWindow, type PerWindow } from "../../src/model/finding/window.js";
import { keyVersion } from "../helpers/key-version.js";
import { steady } from "../helpers/key-tick.js";

const aScore = double({ min: 0, max: 20, noNaN: true });

test("a network that one key uses is no news beyond that key, and two keys at the notice threshold are as rare as one page in a thousand key-days", () => {
  assert.equal(judgeSharedNetwork([20], 100), null);
  assert.equal(judgeSharedNetwork([13, 1, 1, 1], 100), null);
  const notice = thresholds(10, 10).page;
  const two = judgeSharedNetwork([notice, notice], 40);
  assert.ok(two !== null && two.score > thresholds(1, 1).page && two.keys === 2);
});

test("twenty keys of a hundred, none of them worth a notice, are a page together", () => {
  const each = thresholds(10, 10).page - 3;
  const found = judgeSharedNetwork(
    Array.from({ length: 20 }, () => each),
    100,
  );
  assert.ok(found !== null && found.score > thresholds(0.1, 0.1).page, JSON.stringify(found));
});

test("more evidence on any key, or a smaller fleet to choose from, never makes a shared network less suspicious", () => {
  check(
    property(array(aScore, { minLength: 2, maxLength: 30 }), integer({ min: 0, max: 29 }), (scores, at) => {
      const scoreOf = (values: readonly number[], fleet: number) => judgeSharedNetwork(values, fleet)?.score ?? 0;
      const raised = scores.map((score, i) => (i === at % scores.length ? score + 2 : score));
      const best = Math.max(scoreOf(scores, 60), ...scores);
      assert.ok(Math.max(scoreOf(raised, 60), ...raised) >= best - 1e-6);
      assert.ok(Math.max(scoreOf(scores, 40), ...scores) >= best - 1e-6);
    }),
  );
});

test("a score says in how many key-days it comes, and back", () => {
  check(property(aScore, (score) => Math.abs(scoreOnceIn(keyDaysPerFalseAlarm(score)) - score) < 1e-9));
});

test("the tail of a group's residuals is Student's t with eight degrees of freedom", () => {
  // Table of quantiles: 95 %, 99 % and 99.95 %.
  for (const [z, tail] of [
    [1.8595, 0.05],
    [2.8965, 0.01],
    [5.0413, 0.0005],
  ] as const) {
    assert.ok(Math.abs(upperTail(z) / tail - 1) < 1e-3, `${z}`);
  }
});

const member = (familiar: PerWindow, expected: PerWindow) => ({ familiar, expected, costEquivalents: null });

test("what rises in one key is not shared, however much; what rises in all of them is, almost in full", () => {
  const sums = new GroupSums();
  sums.add(["alone"], member(steady(1000), steady(10)));
  for (let i = 0; i < 19; i += 1) sums.add(["alone"], member(steady(10), steady(10)));
  for (let i = 0; i < 100; i += 1) sums.add(["all"], member(steady(18), steady(10)));
  for (let i = 0; i < 7; i += 1) sums.add(["few"], member(steady(18), steady(10)));
  const surge = (group: string) => surgeOf([sums.of(group)]);
  assert.deepEqual(surge("alone"), [0, 0, 0, 0]);
  assert.deepEqual(surge("few"), [0, 0, 0, 0]);
  assert.ok(surge("all").every((factor) => factor > 0.45 && factor < Math.log(1.8)));
  assert.deepEqual(surgeOf([sums.of("few"), sums.of("all"), null]), surge("all"));
});

test("a group's expectation is the sum of its members', and cost is scaled to those whose cost is known", () => {
  const sums = new GroupSums();
  sums.add(["g"], { familiar: steady(3), expected: steady(2), costEquivalents: steady(4) });
  sums.add(["g"], member(steady(5), steady(6)));
  const group = sums.of("g")!;
  assert.deepEqual(
    [group.members, group.requests, group.expected, group.costEquivalents],
    [2, steady(8), steady(8), perWindow((w) => steady(4)[w]! * 4)],
  );
});

test("a group's name in a map can be read back, whatever labels are called", () => {
  const key = keyVersion({ keyId: "k", owner: "team a  b", service: "", provider: "stripe" });
  const names = groupsOf(key, "caller");
  assert.deepEqual(names.map(parseGroup), [
    { kind: "fleet", name: "", observedBy: "caller" },
    { kind: "owner", name: "team a  b", observedBy: "caller" },
    { kind: "provider", name: "stripe", observedBy: "caller" },
  ]);
  assert.deepEqual(names.map(parseGroup).map(groupKey), names);
});

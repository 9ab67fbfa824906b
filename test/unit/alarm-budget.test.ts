import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { judgeBudget } from "../../src/commands/judge-budget.js";
import { readConfig } from "../../src/config.js";
import { NO_TAIL } from "../../src/model/finding/fleet-day.js";
import { budgetInForce, statedBudget } from "../../src/detect/alarm-budget.js";
import { keyDaysPerFalseAlarm } from "../../src/detect/threshold.js";
import { targetText } from "../../src/pipeline/view/kept-budget.js";

const usual = statedBudget(readConfig({}));
const inForce = (watchedKeys: number) => budgetInForce(usual, { watchedKeys, learnedDays: 30, tail: NO_TAIL });

test("one false page a month of 40 keys is 0.83 in 1,000 key-days, and the threshold is that of the formula", () => {
  const { pages, thresholds } = inForce(40);
  assert.equal(Math.round(pages.per1000 * 100) / 100, 0.83);
  assert.equal(pages.expected, 1);
  assert.ok(Math.abs(keyDaysPerFalseAlarm(thresholds.page) / 1200 - 1) < 1e-6);
});

test("the more keys, the rarer each may page; what is expected is what is stated, or the threshold is at a bound and says so", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 1000 }), (keys, more) => {
      const [few, many] = [inForce(keys), inForce(keys + more)];
      assert.ok(many.thresholds.page >= few.thresholds.page && many.thresholds.notice >= few.thresholds.notice);
      for (const { thresholds, pages, notices } of [few, many]) {
        assert.ok(thresholds.notice <= thresholds.page);
        assert.ok(pages.per1000 >= 0.02 && pages.per1000 <= 5 && notices.per1000 >= 0.02 && notices.per1000 <= 10);
        for (const { bound, expected, stated } of [pages, notices]) {
          if (bound === null) assert.equal(expected, stated.count);
          else assert.ok(bound === "highest" ? expected! > stated.count : expected! < stated.count);
        }
      }
    }),
  );
});

test("a budget per 1,000 key-days overrides that of the fleet, and is never bounded", () => {
  const config = readConfig({ PLIMSOLL_PAGE_BUDGET: "0.001", PLIMSOLL_NOTICE_BUDGET: "100" });
  const { pages, notices, thresholds } = budgetInForce(statedBudget(config), {
    watchedKeys: 40,
    learnedDays: 30,
    tail: NO_TAIL,
  });
  assert.deepEqual([pages.per1000, notices.per1000, pages.bound, notices.bound], [0.001, 100, null, null]);
  assert.ok(Math.abs(keyDaysPerFalseAlarm(thresholds.page) / 1e6 - 1) < 1e-6);
});

test("where a bound keeps the budget from being kept, everybody who is told of it is told what to expect", () => {
  const { pages, notices } = inForce(10_000);
  assert.equal(
    targetText(pages, inForce(10_000)),
    "target 1 a month for all keys, but expect 6 a month: the threshold is at its highest (0.02 per 1,000 key-days, 10,000 keys in use in 30 days)",
  );
  assert.match(targetText(notices, inForce(10_000)), /^target 7 a week for all keys \(0\.1 per 1,000 key-days/);
  assert.match(
    targetText(budgetInForce(usual, null).pages, budgetInForce(usual, null)),
    /0\.1 per 1,000 key-days until the first day is learned$/,
  );
  const [ofPages, ofNotices] = judgeBudget(inForce(10_000));
  assert.deepEqual([ofPages?.state, ofNotices?.state], ["warn", "ok"]);
  assert.match(JSON.stringify(ofPages), /set PLIMSOLL_FALSE_PAGES_PER_MONTH=6/);
  assert.ok(judgeBudget(inForce(5)).every(({ state }) => state === "ok"));
});

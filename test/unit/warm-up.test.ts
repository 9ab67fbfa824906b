import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetInForce } from "../../src/detect/alarm-budget.js";
import { OUTSIDE_ALLOWED_BOUND } from "../../src/detect/rules/outside-allowed.js";
import { thresholds } from "../../src/detect/threshold.js";
import { NO_HISTORY } from "../../src/detect/surprise.js";
import { keyCard } from "../../src/pipeline/view/key-card.js";
import { ruleTexts } from "../../src/pipeline/view/rule-texts.js";
import { warmUpText } from "../../src/pipeline/view/warm-up.js";
import { cardToJson, cardToLines } from "../../src/commands/keys-card.js";
import { detectability } from "../../src/web/detectability.js";
import { KEY } from "../helpers/page-parts.js";
import { budgetPer1000 } from "../helpers/budget-per-1000.js";

const STANDING = { state: "no_baseline", suspectUntil: null } as const;
const card = keyCard(null, NO_HISTORY, 100, thresholds(0.1, 10), false);
const { pages, notices } = budgetInForce(budgetPer1000(0.1, 10), null);
const nothing = {
  sent: 0,
  leaks: 0,
  benign: 0,
  unjudged: 0,
  falsePer1000: null,
  falsePer1000AtMost: null,
  expected: 0,
};
const audit = {
  watchedKeys: null,
  ownKeyDays: null,
  keyDays: 0,
  pages: { ...nothing, inForce: pages },
  notices: { ...nothing, inForce: notices },
};

test("the card of a young key says on the command line, in JSON and on its page that it is warming up, and what that means for a theft", () => {
  const says = /no baseline until its first UTC day is over: .*attack/;
  assert.match(Object.fromEntries(cardToLines(card, audit))["warming up"] ?? "", says);
  assert.match(cardToJson(card, STANDING).warming_up ?? "", says);
  assert.match(detectability(card, STANDING).text, /Warming up: no baseline/);
  assert.match(
    warmUpText({ baselineDay: "2026-03-08", daysOfHistory: 2 }) ?? "",
    /^2 of 28 days of history: .*(theft|attack)/,
  );
});

test("a key whose own past speaks is not said to warm up", () => {
  const old = { ...card, baselineDay: "2026-03-08", daysOfHistory: 7 };
  assert.equal(warmUpText(old), null);
  assert.equal(Object.fromEntries(cardToLines(old, audit))["warming up"], undefined);
  assert.doesNotMatch(detectability(old, STANDING).text, /Warming up/);
});

test("what is said of new networks of a key with allowed networks is about allowed ones, and names from what on others page", () => {
  const confined = keyCard(null, NO_HISTORY, 100, thresholds(0.1, 10), true);
  assert.match(confined.attacker, /from an allowed network that is new for the key/);
  assert.match(cardToLines(confined, audit)[0]?.[0] ?? "", /new allowed network/);
  assert.match(detectability(confined, STANDING).text, /From an allowed network that is new for the key/);
  assert.doesNotMatch(`${card.attacker}${detectability(card, STANDING).text}`, /allowed network that is new/);
  const rules = ruleTexts("confined", new Map([["confined", { ...KEY, allowedCidrs: ["10.0.0.0/8"] }]]));
  assert.deepEqual(rules, [
    `what is served outside its allowed networks pages from ${OUTSIDE_ALLOWED_BOUND}, at the next check`,
  ]);
});

test("a theft that is never paged is told alike on the command line and on the page, and false pages as those of all keys", () => {
  const blind = { "15m": null, "1h": null, "24h": null };
  const unseen = { ...card, card: { ...card.card, throughForeignNetwork: blind, throughKnownNetwork: blind } };
  const lines = Object.fromEntries(cardToLines(unseen, { ...audit, keyDays: 7 }));
  assert.match(lines["paged from (known network)"] ?? "", /^15m: at no rate up to the limit/);
  assert.match(detectability(unseen, STANDING).text, /at no rate up to the limit/);
  assert.match(lines["false pages"] ?? "", /days, of all keys:/);
});

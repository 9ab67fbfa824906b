import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeIdle } from "../../src/detect/rules/idle-key.js";
import { judgeUnused } from "../../src/pipeline/audit/judge-scopes.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";

const DAY = 86_400_000;
const NOW = Date.parse("2026-06-01T06:30:00Z");
const TODAY = Date.parse("2026-06-01T00:00:00Z");
const ago = (days: number) => NOW - days * DAY;
const observed = (days: number, every = 1) =>
  Array.from({ length: Math.floor(days / every) }, (_, n) => TODAY - (n + 1) * every * DAY).toReversed();
const unused = { createdAt: null, firstAt: null, lastAt: null, lately: null };

test("a key is called never used after 30 heard days since it was made, and not before, nor when nobody knows when that was", () => {
  const kindOf = (createdAt: number | null, days: readonly number[]) =>
    judgeIdle({ ...unused, createdAt }, days, NOW)?.kind;
  assert.equal(kindOf(ago(31), observed(60)), "never_used");
  assert.equal(kindOf(ago(29), observed(60)), undefined);
  assert.equal(kindOf(null, observed(60)), undefined);
  assert.equal(kindOf(ago(31), observed(60, 2)), undefined, "half of the days were not heard");
});

test("a key sleeps after 90 heard days without use: days on which no source was heard say nothing", () => {
  const kindOf = (lastAt: number, days: readonly number[]) =>
    judgeIdle({ ...unused, firstAt: ago(300), lastAt }, days, NOW)?.kind;
  assert.equal(kindOf(ago(91), observed(200)), "sleeping");
  assert.equal(kindOf(ago(89), observed(200)), undefined);
  assert.equal(kindOf(ago(150), observed(200, 2)), undefined);
});

test("a key that is used again after 30 heard days is awake; a new one, and one that is used monthly, is not", () => {
  const verdict = (firstAt: number, before: number | null, days = observed(200)) =>
    judgeIdle({ ...unused, firstAt, lastAt: ago(0.1), lately: { since: ago(0.5), before } }, days, NOW);
  assert.deepEqual(verdict(ago(300), ago(50)), { kind: "awake", days: 48, since: ago(0.5) });
  assert.equal(verdict(ago(300), null)?.days, 119);
  assert.equal(verdict(ago(300), ago(30)), null);
  assert.equal(verdict(ago(0.4), null), null);
  assert.equal(verdict(ago(300), ago(50), observed(200, 4)), null);
});

test("the first use of a key a month of heard days after it was made is told; that of a new key, or of one that nobody knows the age of, is not", () => {
  const verdict = (createdAt: number | null, days = observed(200)) =>
    judgeIdle({ createdAt, firstAt: ago(0.4), lastAt: ago(0.1), lately: { since: ago(0.4), before: null } }, days, NOW);
  assert.deepEqual(verdict(ago(100)), { kind: "first_use", days: 98, since: ago(0.4) });
  assert.equal(verdict(ago(20)), null);
  assert.equal(verdict(null), null);
  assert.equal(verdict(ago(100), observed(20)), null, "it may have been used while no events received");
});

test("a scope is called unused only where the key's traffic was heard with scopes on 60 days", () => {
  const history = [keyVersion({ keyId: "k", scopes: ["read", "write"] })];
  const uses = (firstAt: number) => [{ keyId: "k", scope: "read", served: 9, servedLately: 1, firstAt }];
  const found = judgeUnused(history, uses(ago(80)), observed(90), NOW);
  assert.deepEqual(figuresOf(found!)["unused"], ["write"]);
  assert.equal(judgeUnused(history, uses(ago(20)), observed(90), NOW), null);
  assert.equal(judgeUnused(history, uses(ago(80)), observed(90, 2), NOW), null);
});

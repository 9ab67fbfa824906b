import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { summaryText } from "../../src/model/finding/headline.js";
import type { Finding } from "../../src/model/finding/finding.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { checkRules } from "../../src/pipeline/check/rules/check-rules.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import type { Store } from "../../src/store/store.js";
import { spansByHour, ticksBetween } from "../../src/time/ticks.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { observeStore } from "../helpers/observe-store.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { KEYS, ofMinutes, RULE_TRAFFIC, T0 } from "../helpers/rule-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const WEEK = 168 * HOUR;

let checks = undefined as unknown as OpenChecks;
let store = undefined as unknown as Store;
/** What the hour gives before anything comes late. */
let atFirst: readonly Finding[] = [];

before(async () => {
  checks = await openChecks();
  ({ store } = checks);
  await store.registry.insertKeys(KEYS, "keys");
  await insertEvents(store, RULE_TRAFFIC);
  atFirst = await check();
});

after(() => checks.close());

const hour = { hour: T0, ticks: ticksBetween(T0, T0 + HOUR) };
const minuteOf = ({ tick }: Pick<Finding, "tick">) => (tick - T0) / MINUTE;
const check = async (span = hour, from: "rollups" | "raw_rows" = "rollups", at?: number) => {
  const asOf = at ?? (await store.readClock());
  const keys = await store.registry.readKeys(span.ticks.at(-1)!, asOf);
  return checkRules({ store }, span, asOf, from, keys);
};
const told = (findings: readonly Finding[], keyId: string, rule?: string) =>
  findings
    .filter((finding) => finding.keyId === keyId && (rule === undefined || figuresOf(finding)["rule"] === rule))
    .map((finding) => `${minuteOf(finding)} ${finding.severity}`);

test("a share of the limit that is held for minutes is told where it begins; a key's own rule of that name replaces the one for all", () => {
  assert.deepEqual(told(atFirst, "busy"), ["6 warning"]);
  assert.deepEqual(told(atFirst, "own"), []);
  assert.deepEqual(told(atFirst, "unlimited"), []);
  const finding = atFirst.find(({ keyId }) => keyId === "busy");
  assert.equal(
    summaryText(finding!),
    "plk_…busy (growth): 75 to 99 requests/min in each of 5 minutes, by the rule busy",
  );
  assert.equal(finding?.onset, T0 + MINUTE);
  assert.equal(finding?.findingId, "rule/busy/gateway/busy/20260311T0206");
});

test("spend is told when the calendar's hour, day or month reaches it, and again at full hours", () => {
  // $10 an hour after 20 minutes; $30 of the day (which began 18:30 UTC, after the first $20) after 60; $40 of the month after 40.
  assert.deepEqual(told(atFirst, "dear", "$10 per hour"), ["20 error", "60 error"]);
  assert.deepEqual(told(atFirst, "dear", "$30 per day Asia/Kolkata"), ["60 warning"]);
  assert.deepEqual(told(atFirst, "dear", "budget"), ["40 warning", "60 warning"]);
  const last = atFirst.filter(({ keyId, tick }) => keyId === "dear" && tick === T0 + HOUR);
  assert.equal(
    summaryText(last[0]!),
    "dear: $30.00 spent since 2026-03-11 02:00 UTC, by the rule $10 per hour; also by the rules $30 per day Asia/Kolkata, budget",
  );
  assert.equal(last.length, 3);
});

test("a change against the same hours of past weeks is told once it is reached, by the local clock", () => {
  // Berlin's night began at 23:00 UTC: 10 a minute for 210 minutes, then 30 more a minute; a fifth more of 10 a minute is reached after
  // n minutes where 30 n = 0.2 * 10 * (210 + n): n = 15.
  assert.deepEqual(told(atFirst, "night"), ["45 warning", "60 warning"]);
});

test("what is served outside the allowed networks pages; what is refused there, or has no address, does not", () => {
  // Ten requests after three minutes, a hundred after five.
  assert.deepEqual(told(atFirst, "confined"), ["23 error", "25 critical", "60 critical"]);
  const finding = atFirst.find(({ keyId }) => keyId === "confined");
  assert.equal(finding?.cause, "outside_allowed");
  assert.equal(finding?.onset, T0 + 20 * MINUTE);
  assert.equal(
    summaryText(finding),
    "confined (ops): 10 requests served in an hour to 1 address (AS64500 hosting) outside its allowed networks",
  );
});

test("a revoked key that is served pages at once; one that is refused is a notice only from networks that it never used", async () => {
  assert.deepEqual(told(atFirst, "gone"), ["41 critical", "60 critical"]);
  const attack = atFirst.filter((one) => one.cause === "revoked_use" && one.keyId !== "gone");
  assert.deepEqual(told(attack, "tried"), ["51 warning", "60 warning"]);
  assert.deepEqual([...new Set(attack.map(({ keyId }) => keyId))], ["tried"]);
  // Its last requests before the revocation, and those of its minute, were in order.
  assert.deepEqual(told(await check({ hour: T0 - HOUR, ticks: ticksBetween(T0 - HOUR, T0) }), "gone"), []);
});

test("each tick alone gives what the span gives, from roll-ups and from raw rows, and in checkSpan", async () => {
  const asOf = await store.readClock();
  const found = await check(hour, "rollups", asOf);
  const whole = JSON.stringify(found);
  assert.equal(JSON.stringify(await check(hour, "raw_rows", asOf)), whole);
  const isTold = new Set(found.map(({ tick }) => tick));
  for (const tick of hour.ticks.filter((one) => isTold.has(one) || minuteOf({ tick: one }) % 5 === 0)) {
    const alone = await check({ hour: T0, ticks: [tick] }, "rollups", asOf);
    assert.equal(JSON.stringify(alone), JSON.stringify(found.filter((one) => one.tick === tick)));
  }
  for (const from of ["rollups", "raw_rows"] as const) {
    const { findings } = await checkSpan(checks.deps, hour, asOf, from);
    const fixed = findings.filter(({ cause }) => cause !== "leak");
    assert.equal(JSON.stringify(fixed), whole);
  }
});

test("rows that come later change the roll-ups, not what raw rows give as of then", async () => {
  const asOf = await store.readClock();
  const seen = JSON.stringify(await check(hour, "raw_rows", asOf));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await insertEvents(store, [
    ...perMinute("busy", T0 + 30 * MINUTE, ofMinutes(6, 90)),
    ...perMinute("confined", T0 + 30 * MINUTE, [500], {}, "198.51.100.1"),
    ...perMinute("night", T0 - 3 * HOUR - WEEK, ofMinutes(200, 900)),
  ]);
  assert.equal(JSON.stringify(await check(hour, "raw_rows", asOf)), seen);
  const now = await check();
  assert.deepEqual(told(now, "busy"), ["6 warning", "35 warning"]);
  assert.deepEqual(told(now, "night"), []);
});

test("a version that begins to count within the span counts from there on", async () => {
  const from = T0 + 33 * MINUTE + 30_000;
  const { validFrom: _, ...known } = KEYS[1]!;
  const next = keyVersion({ ...known, validFrom: from, limitPerMinute: 1000 });
  await store.registry.insertKeys([next], "next");
  assert.deepEqual(told(await check(), "busy"), ["6 warning"]);
  await store.registry.insertKeys([{ ...next, limitPerMinute: 100, validFrom: T0 + 36 * MINUTE }], "back");
  // The version of 02:36 finds the rule holding already: that is told.
  assert.deepEqual(told(await check(), "busy"), ["6 warning", "36 warning"]);
});

test("the incident is one per key and cause, and its page says what, against what, since when and what to do", async () => {
  const asOf = await store.readClock();
  const { findings } = await checkSpan(checks.deps, hour, asOf, "rollups");
  await advanceIncidents(checks.deps, findings, hour.ticks);
  const open = (await readOpenIncidents(store)).filter(({ cause }) => cause !== "leak");
  assert.deepEqual(open.map(({ keyId, cause, severity }) => `${keyId} ${cause} ${severity}`).toSorted(), [
    "busy rule warning",
    "confined outside_allowed critical",
    "dear rule error",
    "gone revoked_use critical",
    "tried revoked_use warning",
    "tried stale_callers warning",
  ]);
  const pages = await store.page.readOutbox();
  const bodyOf = (keyId: string) =>
    JSON.parse(
      pages.find((page) => page.keyId === keyId && page.action === "trigger" && !/^(leak|stale)/.test(page.incidentId))!
        .body,
    ) as { payload: { summary: string; class: string; custom_details: Record<string, string & string[]> } };
  const busy = bodyOf("busy").payload;
  assert.deepEqual(
    [busy.class, busy.custom_details["rule"], busy.custom_details["signals"]],
    ["rule", "busy", ["rule: 75 to 99 requests/min in each of 5 minutes; the rule is 75 % of the limit of 100"]],
  );
  const confined = bodyOf("confined").payload.custom_details;
  assert.match(
    confined["sources"]?.[0] ?? "",
    /^203\.0\.113\.7 AS64500 \(hosting\): 10 served, since 2026-03-11 02:20 UTC/,
  );
  assert.match(confined["next_steps"] ?? "", /Ask ops whether these networks are theirs/);
  assert.match(bodyOf("gone").payload.custom_details["next_steps"] ?? "", /block it where it is checked/);
  assert.match(
    bodyOf("tried").payload.summary,
    /^tried: revoked; 1 request refused in an hour to 1 address .* that the key never used, since 0\d:\d\d UTC$/,
  );
});

test("nothing is asked of the database for rules that no key has", async () => {
  const asked: string[] = [];
  const counting = observeStore(store, async (name, call) => {
    asked.push(name);
    return call();
  });
  const asOf = await store.readClock();
  const only = (...keys: KeyVersion[]) =>
    checkRules({ store: counting }, hour, asOf, "rollups", new Map(keys.map((key) => [key.keyId, key])));
  assert.deepEqual(await only(keyVersion({ keyId: "busy", limitPerMinute: 100, monthlyBudgetUsd: 5 })), []);
  assert.deepEqual(asked, []);
  // At noon no rule on the night asks for its past weeks.
  const noon = spansByHour(ticksBetween(T0 + 9 * HOUR, T0 + 10 * HOUR))[0]!;
  const night = new Map([[KEYS[5]!.keyId, KEYS[5]!]]);
  assert.deepEqual(await checkRules({ store: counting }, noon, asOf, "rollups", night), []);
  assert.deepEqual(asked, []);
  await only(KEYS[6]!);
  assert.deepEqual(asked, ["readOutsideAllowed"]);
});

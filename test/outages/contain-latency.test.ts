import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { startGuardReceiver } from "../helpers/guard-receiver.js";
import { liveThefts, p95Seconds, secondsOf, spreadOf } from "../helpers/live-thefts.js";

const MINUTE = 60_000;
const LEAKS = 20;
/** Nothing is contained without a person before 18 of the last 30 days are learned. */
const HISTORY_HOURS = 24 * 21;

/** How a containment came about; milliseconds. */
interface Decided {
  readonly key_id: string;
  /** The end of the first minute whose finding reaches what contains. */
  readonly tick_ms: string;
  readonly began: string;
  readonly judged: string;
  readonly done: string;
  readonly asked: string;
  readonly asked_ms: string;
}

test("from the end of the minute that decides to the first request of the attacker that a guard refuses it takes at most 40 s (p95)", async (t) => {
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  const guard = await startGuardReceiver(secret);
  t.after(() => guard.close());
  // Each attacker asks ten times a second: refused is the first time after the guard took the call.
  const refusedAt = new Map<string, number>();
  const asking = setInterval(() => {
    for (const { key_id: key, action } of guard.inForce.values()) {
      if (action === "deny_networks" && !refusedAt.has(String(key))) refusedAt.set(String(key), Date.now());
    }
  }, 100);
  t.after(() => clearInterval(asking));
  const { plimsoll, fleet } = await liveThefts(t, {
    thefts: LEAKS,
    historyHours: HISTORY_HOURS,
    learnMs: 5 * MINUTE,
    liveMinutes: 12,
    known: { guard: "edge" },
    env: {
      // What is contained without a person is rarer than a page, and takes attackers an hour to reach at usual budgets: how soon is another question.
      PLIMSOLL_PAGE_BUDGET: "20",
      PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR: "1000",
      PLIMSOLL_CONTAIN_AUTOMATICALLY: "on",
      PLIMSOLL_GUARDS: JSON.stringify({ edge: { type: "webhook", url: guard.url, secret } }),
    },
  });
  const decided = await plimsoll.ask<Decided>(
    `SELECT key_id, found.tick_ms AS tick_ms, began_ms - tick_ms AS began, toUnixTimestamp64Milli(recorded_at) - began_ms AS judged,
      done_ms - toUnixTimestamp64Milli(recorded_at) AS done, asked_ms - done_ms AS asked, asked_ms
    FROM (
      SELECT splitByChar('/', incident_id)[2] AS key_id, min(toUnixTimestamp64Milli(recorded_at)) AS asked_ms,
        toFloat64(extract(argMin(JSONExtractString(details, 'person', 'note'), at), 'contained from ([0-9.]+)')) AS least
      FROM incident_transitions WHERE reason = 'requested_automatically' GROUP BY key_id) AS decision
    JOIN (
      SELECT key_id, toUnixTimestamp64Milli(toDateTime64(tick, 3)) AS tick_ms, toUnixTimestamp64Milli(as_of) AS began_ms, recorded_at, score
      FROM finding_records WHERE cause = 'leak') AS found USING key_id
    JOIN (
      SELECT toUnixTimestamp64Milli(toDateTime64(tick, 3)) AS tick_ms, min(toUnixTimestamp64Milli(recorded_at)) AS done_ms
      FROM check_runs WHERE job = 'check-keys' AND reason = 'live' GROUP BY tick_ms) AS checked ON checked.tick_ms = found.tick_ms
    WHERE score >= least - 0.05
    ORDER BY key_id, tick_ms, recorded_at LIMIT 1 BY key_id`,
  );
  const [found] = await plimsoll.ask(
    "SELECT uniq(key_id) AS keys, max(score) AS highest, (SELECT uniq(tick) FROM check_runs WHERE job = 'learn-baselines') AS learned_days FROM finding_records WHERE cause = 'leak'",
  );
  t.diagnostic(`${JSON.stringify(found)}; ${(await plimsoll.plimsoll("contain", "--review")).output.trim()}`);
  assert.ok(
    decided.every(({ key_id: key }) => fleet.stolen.includes(key)),
    "no key but stolen ones",
  );
  const refusedOf = (one: Decided) => refusedAt.get(one.key_id) ?? Infinity;
  const stages: readonly (readonly [string, (one: Decided) => number])[] = [
    ["from the end of the minute to the check", ({ began }) => Number(began)],
    ["to its findings", ({ judged }) => Number(judged)],
    ["to the incidents, and the end of the check", ({ done }) => Number(done)],
    ["to the step that asks", ({ asked }) => Number(asked)],
    ["to the guard", (one) => refusedOf(one) - Number(one.asked_ms)],
  ];
  for (const [stage, of] of stages) t.diagnostic(`${stage}: ${spreadOf(decided.map(of))}`);
  const delays = decided.map((one) => refusedOf(one) - Number(one.tick_ms));
  t.diagnostic(`${delays.length} of ${LEAKS} keys contained: ${spreadOf(delays)}; seconds: ${secondsOf(delays)}`);
  assert.ok(delays.length >= 10, `${delays.length} keys were contained`);
  assert.ok(p95Seconds(delays) <= 40, `p95 ${p95Seconds(delays)} s`);
});

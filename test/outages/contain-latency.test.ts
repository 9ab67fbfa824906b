import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { startGuardReceiver } from "../helpers/guard-receiver.js";
import { liveThefts, p95Seconds, secondsOf } from "../helpers/live-thefts.js";

const MINUTE = 60_000;
const LEAKS = 20;
/** Nothing is contained without a person before 18 of the last 30 days are learned. */
const HISTORY_HOURS = 24 * 21;

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
  const decided = await plimsoll.ask<{ key_id: string; note: string; tick_ms: string }>(
    `SELECT key_id, note, toUnixTimestamp64Milli(toDateTime64(tick, 3)) AS tick_ms
    FROM (SELECT incident_id, JSONExtractString(details, 'person', 'note') AS note, at FROM incident_transitions WHERE reason = 'requested_automatically') AS asked
    JOIN (SELECT key_id, tick, score FROM finding_records WHERE cause = 'leak') AS found ON splitByChar('/', asked.incident_id)[2] = found.key_id
    WHERE score >= toFloat64(extract(note, 'contained from ([0-9.]+)')) - 0.05
    ORDER BY key_id, tick LIMIT 1 BY key_id`,
  );
  const [found] = await plimsoll.ask(
    "SELECT uniq(key_id) AS keys, max(score) AS highest, (SELECT uniq(tick) FROM check_runs WHERE job = 'learn-baselines') AS learned_days FROM finding_records WHERE cause = 'leak'",
  );
  t.diagnostic(`${JSON.stringify(found)}; ${(await plimsoll.plimsoll("contain", "--review")).output.trim()}`);
  assert.ok(
    decided.every(({ key_id: key }) => fleet.stolen.includes(key)),
    "no key but stolen ones",
  );
  const delays = decided.map(({ key_id: key, tick_ms: tick }) => (refusedAt.get(key) ?? Infinity) - Number(tick));
  t.diagnostic(`${delays.length} of ${LEAKS} keys contained, seconds: ${secondsOf(delays)}`);
  assert.ok(delays.length >= 10, `${delays.length} keys were contained`);
  assert.ok(p95Seconds(delays) <= 40, `p95 ${p95Seconds(delays)} s`);
});

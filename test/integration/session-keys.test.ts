import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { investigationToCsv } from "../../src/commands/investigate-csv.js";
import { investigationToJson } from "../../src/commands/investigate-data.js";
import { investigationToText } from "../../src/commands/investigate-text.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { readInvestigation } from "../../src/pipeline/view/investigation.js";
import { DAY, HOUR, MINUTE } from "../helpers/incident-parts.js";
import { rules } from "../helpers/ingest-rules.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents } from "../helpers/rule-traffic.js";

const SESSIONS = 10_000;
const ROLE = "arn:aws:iam::111122223333:role/app";
const day = Math.floor(Date.now() / DAY) * DAY - 2 * DAY;
/** The attacker's hour is the last one of the day. */
const onset = day + 23 * HOUR;
const ATTACKER = "203.0.113.9";
let checks = undefined as unknown as OpenChecks;

const eventOf = (wire: object) => {
  const parsed = parseRequestEvent({ principal: ROLE, route: "s3.amazonaws.com/GetObject", ...wire }, rules());
  assert.ok(parsed.kind === "event", JSON.stringify(parsed));
  return parsed.event;
};
const sessionOf = (index: number) => `ASIA${String(index).padStart(16, "0")}`;

before(async () => {
  checks = await openChecks();
  const usual = { source_ip: "198.51.100.7", tls_fingerprint: "t13d_own" };
  const earlier = Array.from({ length: 20 * 24 }, (_, index) =>
    eventOf({ ts: day - (index + 1) * HOUR, key_id: sessionOf(index), ...usual }),
  );
  const own = Array.from({ length: SESSIONS }, (_, index) =>
    eventOf({
      ts: day + Math.floor((index * DAY) / SESSIONS),
      key_id: sessionOf(index),
      ...usual,
    }),
  );
  const attack = Array.from({ length: 60 }, (_, index) =>
    eventOf({
      ts: onset + index * MINUTE,
      key_id: sessionOf(index % 2),
      source_ip: ATTACKER,
      tls_fingerprint: "t13d_attacker",
    }),
  );
  await insertEvents(checks.store, [...earlier, ...own, ...attack]);
});
after(() => checks.close());

test("ten thousand session keys of one principal a day are one key in every table but the raw events, and in first_seen", async () => {
  const tables = await checks.ask<{ table: string }>(
    "SELECT table FROM system.columns INNER JOIN system.tables AS t ON t.database = columns.database AND t.name = table " +
      "WHERE columns.database = currentDatabase() AND columns.name = 'key_id' AND t.engine LIKE '%MergeTree' ORDER BY table",
  );
  const filled: string[] = [];
  for (const { table } of tables) {
    const [{ keys, first } = { keys: 0, first: "" }] = await checks.ask<{ keys: number; first: string }>(
      `SELECT toUInt32(uniqExact(key_id)) AS keys, any(key_id) AS first FROM ${table}`,
    );
    if (keys === 0) continue;
    filled.push(table);
    assert.deepEqual([table, keys, first], [table, 1, ROLE]);
  }
  for (const table of ["requests", "first_seen", "source_minutes", "source_hours", "route_minutes", "route_hours"]) {
    assert.ok(filled.includes(table), `${table} is empty: ${filled.join(", ")}`);
  }
  const [raw] = await checks.ask<object>("SELECT toUInt32(uniqExact(session_key_id)) AS sessions FROM request_events");
  assert.deepEqual(raw, { sessions: SESSIONS });
});

test("an investigation names the session keys and TLS clients of unknown sources, and a page those of blamed ones", async () => {
  const question = { keyId: ROLE, key: null, from: day, to: day + DAY, onset };
  const investigation = await readInvestigation(checks.store, question);
  const { sessionKeys, tlsFingerprints } = investigation.sessions;
  assert.deepEqual(
    [sessionKeys.total, sessionKeys.busiest.map(({ value, requests, addresses }) => [value, requests, addresses])],
    [
      2,
      [
        [sessionOf(0), 30, 1],
        [sessionOf(1), 30, 1],
      ],
    ],
  );
  assert.deepEqual([tlsFingerprints.total, tlsFingerprints.busiest[0]?.value], [1, "t13d_attacker"]);
  assert.match(
    investigationToText(investigation),
    /Session keys of unknown sources: revoke these\n.*\nASIA0{16}\s.*30\s+1/,
  );
  assert.match(
    investigationToCsv(investigation),
    /\nsession_key,ASIA0{16},"?of unknown sources, 1 address"?,.*,30,30,/,
  );
  const json = investigationToJson(investigation);
  assert.deepEqual(
    json.session_keys_of_unknown_sources.listed.map(({ value }) => value),
    [sessionOf(0), sessionOf(1)],
  );

  const span = { keyIds: [ROLE], observedBy: "gateway", findingId: "", from: day, to: day + DAY } as const;
  const { blamed, others } = await checks.store.page.readKeySources({ ...span, asOf: Date.now() + HOUR });
  assert.deepEqual([blamed.sessionKeys, others.sessionKeys, others.addresses], [0, SESSIONS, 2]);
  assert.deepEqual(others.busiest[1]?.sessionKeys, [sessionOf(0), sessionOf(1)]);
  // Requests without a client give a page no line that says nothing.
  assert.deepEqual(others.busiest[1]?.userAgents, []);
});

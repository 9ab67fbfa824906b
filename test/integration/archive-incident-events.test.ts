import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { archiveIncidentEvents } from "../../src/pipeline/incident/archive-incident-events.js";
import { Secret } from "../../src/secret.js";
import { applyRetention } from "../../src/store/clickhouse/apply-retention.js";
import { DAY, finding, HOUR, transition } from "../helpers/incident-parts.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const RAW_DAYS = 90;
const today = Math.floor(Date.now() / DAY) * DAY;
const now = today + 5 * HOUR;
/** Noon of a day that expires in a week. */
const onset = today - 83 * DAY + 12 * HOUR;
const RETENTION = { rawDays: RAW_DAYS, minuteDays: 70, hourDays: 400 };
const KEPT =
  "SELECT incident_id, key_id, count() AS rows, toUnixTimestamp(min(ts)) AS first, toUnixTimestamp(max(ts)) AS last FROM incident_evidence GROUP BY ALL ORDER BY ALL";
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
  const { store, url } = checks;
  await applyRetention(new Secret(url), RETENTION);
  // Twenty hours of each key, from eight hours before the onset on: the day of the onset and the next one.
  for (const keyId of ["stolen", "other", "first", "second"]) {
    await insertEvents(store, perMinute(keyId, onset - 8 * HOUR, Array(20 * 60).fill(1), {}, "198.51.100.7"));
  }
  await insertEvents(store, perMinute("lately", today - 3 * DAY, [1, 1]));
  const found = finding("critical", onset + HOUR, { keyId: "stolen", onset, findingId: "found" });
  await store.check.insertFindings([found]);
  const open = (keyId: string, changed: Parameters<typeof transition>[0]) =>
    store.incident.insertTransition(transition({ incidentId: `of-${keyId}`, keyId, at: onset + HOUR, ...changed }));
  await open("stolen", { findingId: "found" });
  await open("stolen", { sequence: 2, kind: "resolved", reason: "by_person", at: onset + 13 * HOUR });
  await open("stolen", { sequence: 3, kind: "noted", reason: "by_person", at: today });
  // Never resolved, and about two keys.
  await open("first", { keys: ["first", "second"], at: onset });
  await open("lately", { at: today - 3 * DAY });
});
after(() => checks.close());

const ask = <Row>(query: string) => checks.ask<Row>(query);
const keep = (most?: number) => archiveIncidentEvents(checks.store, { now, rawDays: RAW_DAYS, ...(most && { most }) });
const seconds = (at: number) => at / 1000;

test("raw events of incidents are copied from onset to end before they expire, once, the earliest of too many", async () => {
  // Traffic ends twelve hours after the onset: 720 minutes of each key.
  assert.deepEqual(await keep(1000), { incidents: 2, rows: 720 + 1000, cut: ["of-first"] });
  const kept = await ask<Record<string, unknown>>(KEPT);
  assert.deepEqual(kept, [
    {
      incident_id: "of-first",
      key_id: "first",
      rows: 500,
      first: seconds(onset) + 1,
      last: seconds(onset) + 499 * 60 + 1,
    },
    {
      incident_id: "of-first",
      key_id: "second",
      rows: 500,
      first: seconds(onset) + 1,
      last: seconds(onset) + 499 * 60 + 1,
    },
    {
      incident_id: "of-stolen",
      key_id: "stolen",
      rows: 720,
      first: seconds(onset) + 1,
      last: seconds(onset) + 719 * 60 + 1,
    },
  ]);
  assert.deepEqual(await keep(1000), { incidents: 2, rows: 0, cut: ["of-first"] });
  assert.deepEqual(await ask(KEPT), kept);
  const same = `SELECT * EXCEPT (incident_id, kept_at) FROM incident_evidence WHERE incident_id = 'of-stolen'`;
  const raw = `SELECT * FROM request_events WHERE key_id = 'stolen' AND ts >= toDateTime(${seconds(onset)}, 'UTC')`;
  assert.deepEqual(await ask(`${same} EXCEPT ${raw}`), []);
});

test("after raw events expired their copies are there, and so are the sources of those days", async () => {
  const { store, url } = checks;
  const copies = await ask(KEPT);
  await applyRetention(new Secret(url), { ...RETENTION, rawDays: 60 });
  for (const table of ["requests", "source_minutes", "source_hours"]) {
    for (const shard of store.shards) {
      await shard.command({ query: `ALTER TABLE ${table} MATERIALIZE TTL SETTINGS mutations_sync = 2` });
      await shard.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
    }
  }
  assert.deepEqual(await ask("SELECT key_id, count() AS rows FROM request_events GROUP BY key_id"), [
    { key_id: "lately", rows: 2 },
  ]);
  assert.deepEqual(await ask(KEPT), copies);
  assert.deepEqual(await keep(), { incidents: 2, rows: 0, cut: [] });
  const span = `key_id = 'stolen', from = ${seconds(onset - DAY)}, to = ${seconds(onset + 2 * DAY)}`;
  const sources = await ask(`SELECT toString(source_ip) AS address, requests FROM key_sources(${span})`);
  assert.deepEqual(sources, [{ address: "::ffff:198.51.100.7", requests: 1200 }]);
});

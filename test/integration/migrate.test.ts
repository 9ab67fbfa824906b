import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Secret } from "../../src/secret.js";
import { applyRetention } from "../../src/store/clickhouse/apply-retention.js";
import { openClickHouse, type ClickHouseClient } from "../../src/store/clickhouse/clickhouse-client.js";
import { migrate, missingMigrations } from "../../src/store/clickhouse/migrate.js";
import { readMigrations } from "../../src/store/clickhouse/sql-files.js";
import { scratchDatabase } from "../helpers/services.js";

let database: Awaited<ReturnType<typeof scratchDatabase>>;
let url: Secret;
let client: ClickHouseClient;

before(async () => {
  database = await scratchDatabase();
  url = new Secret(database.url);
  client = openClickHouse(url);
});

after(async () => {
  await client.close();
  await database.drop();
});

test("two migrators at once leave one complete schema, and a third has nothing to do", async () => {
  assert.equal((await missingMigrations(client)).length, readMigrations().length);
  await Promise.all([migrate(url), migrate(url)]);
  assert.deepEqual(await missingMigrations(client), []);
  const third = await migrate(url);
  assert.deepEqual(third.applied, []);
  assert.equal(third.present.length, readMigrations().length);
  const ledger = await client.query({ query: "SELECT count() AS n FROM migrations", format: "JSONEachRow" });
  assert.deepEqual(await ledger.json(), [{ n: readMigrations().length }]);
});

test("every table that is filled by a view keeps a deduplication window, or a repeat would count twice in it", async () => {
  const result = await client.query({
    query: `SELECT name FROM system.tables
            WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND engine_full NOT LIKE '%deduplication_window%'`,
    format: "JSONEachRow",
  });
  assert.deepEqual(await result.json(), []);
});

test("retention is set where it differs, and only there", async () => {
  const days = { rawDays: 90, minuteDays: 70, hourDays: 400 };
  assert.equal((await applyRetention(url, days)).length, 15);
  assert.deepEqual(await applyRetention(url, days), []);
  assert.deepEqual(await applyRetention(url, { ...days, rawDays: 30 }), [
    "requests: 30 days",
    "quarantined_events: 30 days",
  ]);
});

test("a database of another version is refused, with how to take its registry along", async () => {
  const name = "099_of_another_version";
  await client.insert({ table: "migrations", values: [{ name, checksum: "0".repeat(64) }], format: "JSONEachRow" });
  await assert.rejects(
    migrate(url),
    (error) =>
      error instanceof Error &&
      error.name === "UnknownMigrations" &&
      /099_of_another_version.*keys list --json/s.test(error.message),
  );
  await client.command({
    query: `ALTER TABLE migrations DELETE WHERE name = '${name}' SETTINGS mutations_sync = 1`,
  });
});

test("a migration that was edited after it had been applied is refused by name", async () => {
  await client.command({
    query:
      "ALTER TABLE migrations UPDATE checksum = repeat('0', 64) WHERE name = '001_create_requests' SETTINGS mutations_sync = 1",
  });
  await assert.rejects(migrate(url), { name: "MigrationChanged", message: /001_create_requests/ });
});

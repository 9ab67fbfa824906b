import { createHash } from "node:crypto";
import { z } from "zod";
import type { Secret } from "../../secret.js";
import {
  databaseOf,
  openClickHouse,
  openServers,
  openShards,
  readRows,
  shardDatabaseOf,
  type ClickHouseClient,
} from "./clickhouse-client.js";
import { defineQuery } from "./define-query.js";
import { takePlaces } from "./shard-places.js";
import { readClusterName } from "./cluster-shards.js";
import { isOfShard, overShards } from "./sharded-tables.js";
import { readMigrations, type Migration } from "./sql-files.js";

/** What `migrate` did: names in order. */
export interface MigrationReport {
  readonly applied: readonly string[];
  readonly present: readonly string[];
}

/** A migration that was applied before has another text now: it must never be edited, only followed by a new one. */
class MigrationChanged extends Error {
  constructor(name: string) {
    super(
      `migration ${name} was applied with another text: restore sql/migrations/${name}.sql and put the change in a new file`,
    );
    this.name = "MigrationChanged";
  }
}

/** The ledger names migrations that there are not: another version made this database. */
class UnknownMigrations extends Error {
  constructor(names: readonly string[]) {
    super(
      `this database was made by another version: it has ${names.length} migrations that this one does not know (${names[0]}). Use that version; or, if it is from before 0.1.0, ` +
        "export the registry with it (plimsoll keys list --json > keys.json), start with an empty database, and run plimsoll keys import keys.json",
    );
    this.name = "UnknownMigrations";
  }
}

const LEDGER = `
CREATE TABLE IF NOT EXISTS migrations
(
  name String COMMENT 'File name in sql/migrations.',
  checksum FixedString(64) COMMENT 'SHA-256 of the statement.',
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was applied.'
)
ENGINE = MergeTree
ORDER BY name
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Which migrations were applied.'`;

const ledgerTablesQuery = defineQuery("clickhouse/ledger-tables", { params: {}, row: { tables: z.number() } });
const appliedMigrationsQuery = defineQuery("clickhouse/applied-migrations", {
  params: {},
  row: { name: z.string(), checksum: z.string() },
});

/**
 * Creates the database where it is missing and applies what is missing from sql/migrations, in order. Where there are several shards each gets its part
 * of the traffic, and the first one all else, with tables that read the parts of all.
 * Two migrators at once are safe: every statement is idempotent and the ledger's rows are deduplicated by name.
 * @throws MigrationChanged when an applied file was edited, UnknownMigrations when another version made the database, DependencyFailure when the
 * servers are not those that it was made with.
 */
export async function migrate(url: Secret): Promise<MigrationReport> {
  const shards = openShards(url);
  const home = openClickHouse(url);
  try {
    await createDatabases(url);
    const migrations = readMigrations();
    await takePlaces(home, shards, migrations.find(isOfPlaces)!.statement);
    if (shards.length === 1) return await applyMissing(home, migrations);
    const parts = migrations.filter(isOfShard);
    const reports: MigrationReport[] = [];
    for (const shard of shards) reports.push(await applyMissing(shard, parts));
    const cluster = await readClusterName(home, shards.length);
    const whole = migrations.map((migration) => ({
      name: migration.name,
      statement: migration.statement,
      run: overShards(migration, shardDatabaseOf(url), shards.length, cluster),
    }));
    reports.push(await applyMissing(home, whole));
    return joined(reports);
  } finally {
    await Promise.all([home, ...shards].map((client) => client.close()));
  }
}

/** Applies what a new shard lacks of its part. @throws MigrationChanged, UnknownMigrations */
export async function migrateShard(shard: ClickHouseClient): Promise<void> {
  await applyMissing(shard, readMigrations().filter(isOfShard));
}

/** Makes the table in which a shard writes which one it is. */
export async function createPlaces(shard: ClickHouseClient): Promise<void> {
  await shard.command({ query: readMigrations().find(isOfPlaces)!.statement });
}

/** Where each shard writes which one it is, before anything else. */
const isOfPlaces = ({ name }: Migration) => name.endsWith("_create_shard_places");

/** What was applied anywhere was applied. */
function joined(reports: readonly MigrationReport[]): MigrationReport {
  const applied = new Set(reports.flatMap((report) => report.applied));
  const present = new Set(reports.flatMap((report) => report.present));
  return {
    applied: [...applied].toSorted(),
    present: [...present].filter((name) => !applied.has(name)).toSorted(),
  };
}

async function createDatabases(url: Secret): Promise<void> {
  const servers = openServers(url);
  try {
    for (const [index, server] of servers.entries()) {
      const names = new Set([shardDatabaseOf(url), ...(index === 0 ? [databaseOf(url)] : [])]);
      for (const database of names)
        await server.command({
          query: "CREATE DATABASE IF NOT EXISTS {database:Identifier}",
          query_params: { database },
        });
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** Names of migrations that the database, or a shard's part of it, lacks; all of them when there is no ledger yet. */
export async function missingMigrations(
  home: ClickHouseClient,
  shards: readonly ClickHouseClient[] = [],
): Promise<readonly string[]> {
  const missing = new Set(await missingIn(home, readMigrations()));
  const parts = shards.length > 1 ? readMigrations().filter(isOfShard) : [];
  for (const shard of shards) for (const name of await missingIn(shard, parts)) missing.add(name);
  return [...missing].toSorted();
}

async function missingIn(client: ClickHouseClient, migrations: readonly Migration[]): Promise<readonly string[]> {
  if (migrations.length === 0) return [];
  const [ledger] = await readRows(client, ledgerTablesQuery, {});
  const applied = ledger?.tables === 1 ? await appliedChecksums(client) : new Map<string, string>();
  return migrations.map((migration) => migration.name).filter((name) => !applied.has(name));
}

/** Applies what is missing; `run` is what is run in place of the file's text, null for nothing. */
async function applyMissing(
  client: ClickHouseClient,
  migrations: readonly (Migration & { readonly run?: string | null })[],
): Promise<MigrationReport> {
  await client.command({ query: LEDGER });
  const applied: { readonly name: string; readonly checksum: string }[] = [];
  const present: string[] = [];
  const ledger = await appliedChecksums(client);
  const unknown = [...ledger.keys()].filter((name) => !migrations.some((one) => one.name === name));
  if (unknown.length > 0) throw new UnknownMigrations(unknown.toSorted());
  try {
    for (const { name, statement, run = statement } of migrations) {
      const checksum = sha256(statement);
      const known = ledger.get(name);
      if (known !== undefined && known !== checksum) throw new MigrationChanged(name);
      if (known !== undefined) {
        present.push(name);
        continue;
      }
      if (run !== null) await client.command({ query: run });
      applied.push({ name, checksum });
    }
  } finally {
    // In one block, which costs as little as one of them: who dies before it has every statement done again, which changes nothing.
    if (applied.length > 0) await recordApplied(client, applied);
  }
  return { applied: applied.map(({ name }) => name), present };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function recordApplied(client: ClickHouseClient, applied: readonly object[]): Promise<void> {
  const token = `migrations:${sha256(JSON.stringify(applied))}`;
  await client.insert({
    table: "migrations",
    values: applied,
    format: "JSONEachRow",
    clickhouse_settings: { async_insert: 0, insert_deduplicate: 1, insert_deduplication_token: token },
  });
}

async function appliedChecksums(client: ClickHouseClient): Promise<Map<string, string>> {
  const rows = await readRows(client, appliedMigrationsQuery, {});
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

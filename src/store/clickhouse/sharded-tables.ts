import { shardExpression } from "./shard-of.js";
import type { Migration } from "./sql-files.js";
import { isFill } from "./sql-files.js";

/** What is a key's traffic, what is summed up of it, and which shard it is: each shard has its part. All else is on the first one, whole. */
const SHARDED_TABLES: ReadonlySet<string> = new Set([
  "requests",
  "usage_minutes",
  "usage_hours",
  "source_minutes",
  "source_hours",
  "route_minutes",
  "route_hours",
  "client_minutes",
  "client_days",
  "refused_minutes",
  "caller_minutes",
  "first_seen",
  "used_keys",
  "keys_by_value",
  "ingest_coverage",
  "provider_reports",
  "shard_places",
]);

/** Name under which every server's configuration lists all shards that traffic was spread over from the beginning: <remote_servers>. */
export const CLUSTER = "plimsoll";
/** The same for so many of them: where one is added, tables read the old list until they read the new one. */
export const clusterOf = (shards: number) => `${CLUSTER}_${shards}`;

const MAKES_TABLE = /^(?:--.*\n)*CREATE TABLE IF NOT EXISTS (\w+)\n/;

/** What is done to a table that is there already: it gets an index, or rows that follow from others. */
const CHANGES_TABLE = /^(?:--.*\n)*(?:ALTER TABLE|INSERT INTO) (\w+)\s/;

/** Whether each shard has its part of a table. */
export function isSharded(table: string): boolean {
  return SHARDED_TABLES.has(table);
}

/** Whether a migration is one of a shard's own part: a table of traffic, or a view that fills one. */
export function isOfShard(migration: Migration): boolean {
  return isFill(migration) || isChangeOfParts(migration) || isSharded(tableOf(migration) ?? "");
}

const isChangeOfParts = ({ statement }: Migration) => isSharded(CHANGES_TABLE.exec(statement)?.[1] ?? "");

/**
 * What a migration is on the first shard beside the parts, where there are several: tables of traffic read the parts of all, nothing is filled or changed there, all else
 * is as it is. Null when there is nothing to do.
 */
export function overShards(migration: Migration, part: string, shards: number, cluster = CLUSTER): string | null {
  if (isFill(migration) || isChangeOfParts(migration)) return null;
  const table = tableOf(migration);
  if (table === undefined || !isSharded(table)) return migration.statement;
  // Sources and minutes are of no key: nothing is written through this table, and each question asks all shards.
  const by = /^ {2}key_id /m.test(migration.statement) ? `, ${shardExpression(shards)}` : "";
  const comment = /\nCOMMENT '((?:[^']|'')*)'$/.exec(migration.statement)?.[1] ?? "";
  return `CREATE TABLE IF NOT EXISTS ${table} AS ${part}.${table} ENGINE = Distributed('${cluster}', '${part}', '${table}'${by}) COMMENT '${comment}'`;
}

/** The table that a migration makes, if it makes one. */
export function tableOf({ statement }: Migration): string | undefined {
  return MAKES_TABLE.exec(statement)?.[1];
}

/** Tables of traffic whose rows are each of one key. */
export function keyedTables(migrations: readonly Migration[]): readonly string[] {
  return migrations.flatMap((migration) => {
    const table = tableOf(migration);
    return table !== undefined && isSharded(table) && /^ {2}key_id /m.test(migration.statement) ? [table] : [];
  });
}

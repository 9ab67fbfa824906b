import pMap from "p-map";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { migrateShard } from "../clickhouse/migrate.js";
import { clusterOf, isSharded, overShards, tableOf } from "../clickhouse/sharded-tables.js";
import { isFill, readFills, readMigrations } from "../clickhouse/sql-files.js";
import { readTables, runStep, type Move } from "./open-move.js";
import { untilNoneRuns } from "./fence.js";

const PLACES = "shard_places";
/** So many tables at once. */
const AT_ONCE = 4;

/** Migrations that make a table of traffic, with its name. */
const tables = () =>
  readMigrations().flatMap((migration) => {
    const table = isFill(migration) ? undefined : tableOf(migration);
    return table !== undefined && isSharded(table) ? [{ table, migration }] : [];
  });

/**
 * Makes of the tables of a single server the first part of a fleet of one: renamed, which copies nothing and keeps what they know of tokens. The views that fill them are made again,
 * under which a token is another: nothing may be recorded that could be written again. May be repeated wherever it was cut off.
 */
export async function spreadSingle(move: Move): Promise<void> {
  const { home, part, database } = move;
  const own = await readTables(home, database);
  if (own.get("requests") === "MergeTree") await untilNoneRuns(home, { writes: true, began: Date.now() });
  for (const { view } of readFills())
    if (own.has(view)) await runStep(home, `DROP VIEW IF EXISTS ${database}.${view} SYNC`);
  for (const { table } of tables()) {
    if (own.get(table)?.endsWith("MergeTree") !== true) continue;
    // The part's place was written there when the move began.
    const isThere = (await readTables(home, part)).has(table);
    if (isThere && table !== PLACES)
      throw new Error(`${part}.${table} exists, and so does ${database}.${table}: look at what made it`);
    await runStep(
      home,
      isThere ? `DROP TABLE ${database}.${table} SYNC` : `RENAME TABLE ${database}.${table} TO ${part}.${table}`,
    );
  }
  await migrateShard(move.olds[0]!);
  await openReads(move, 1);
}

/** Takes away what reads the traffic of all, so that what asks fails instead of seeing rows twice or not at all; waits for who asked before. */
export async function closeReads({ home, database }: Move): Promise<void> {
  const own = await readTables(home, database);
  for (const { table } of tables())
    if (own.get(table) === "Distributed") await runStep(home, `DROP TABLE ${database}.${table} SYNC`);
  await untilNoneRuns(home, { writes: false, began: Date.now() });
}

/**
 * Makes what reads the traffic of so many servers. Nothing is written through it: a process that knows of one server only would write there as to a table of its own, and is
 * refused.
 */
export async function openReads({ home, database, part }: Move, shards: number): Promise<void> {
  const own = await readTables(home, database);
  for (const { table, migration } of tables()) {
    if (own.has(table)) continue;
    const gate = `${part}.${table}_gate`;
    await runStep(home, `CREATE TABLE IF NOT EXISTS ${gate} AS ${part}.${table}`);
    await runStep(
      home,
      `ALTER TABLE ${gate} DROP CONSTRAINT IF EXISTS reports_wait, DROP CONSTRAINT IF EXISTS key_is_of_this_server,
       DROP CONSTRAINT IF EXISTS written_on_its_server,
       ADD CONSTRAINT written_on_its_server CHECK 0`,
    );
    const statement = overShards(migration, part, shards, clusterOf(shards))!.replace(
      ` AS ${part}.${table} `,
      ` AS ${gate} `,
    );
    await runStep(home, statement);
    await runStep(home, `DROP TABLE ${gate} SYNC`);
  }
}

/** Takes rows off the old servers that are the added one's now. They are gone at once for who asks; the room that they take, with the next merge. */
export async function removeMoved(
  move: Move,
  where: string,
  onTable: (done: number, total: number) => void,
): Promise<void> {
  const parts = move.oldServers.flatMap((server) => move.tables.map((table) => ({ server, table })));
  let done = 0;
  const removeFrom = async ({ server, table }: (typeof parts)[number]) => {
    await runStep(server, `DELETE FROM ${move.part}.${table} WHERE ${where} SETTINGS lightweight_deletes_sync = 2`);
    if ((await countRows(server, `${move.part}.${table} WHERE ${where}`)) > 0)
      throw new Error(`${table} has rows still that were removed: run this again`);
    done += 1;
    onTable(done, parts.length);
  };
  await pMap(parts, removeFrom, { concurrency: AT_ONCE });
}

async function countRows(client: ClickHouseClient, from: string): Promise<number> {
  const result = await client.query({ query: `SELECT toFloat64(count()) AS n FROM ${from}`, format: "JSONEachRow" });
  const [row] = await result.json<{ readonly n: number }>();
  return row?.n ?? 0;
}

/** Gives back the room of what was removed, range by range; what is asked meanwhile sees the same. */
export async function giveRoomBack(move: Move): Promise<void> {
  for (const server of move.oldServers)
    for (const table of move.tables)
      await runStep(server, `ALTER TABLE ${move.part}.${table} APPLY DELETED MASK SETTINGS mutations_sync = 2`);
  await runStep(move.addedServer, `DROP DATABASE IF EXISTS ${move.incoming} SYNC`);
}

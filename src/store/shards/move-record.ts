import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readTables, runStep, type Move } from "./open-move.js";
import type { Digest } from "./table-shape.js";

/** Steps that are never done again: `copied` (verified whole, so that old rows may go), `spread` (the servers are as many as there are to be). */
export type Step = "copied" | "spread";

/** A range that is copied: rows that were written before `cutMs` (all of them where null), as it was at `asOfS`, epoch seconds. */
export interface CopiedRange extends Digest {
  readonly cutMs: number | null;
  readonly asOfS: number;
}

/** What was promised to be there survives the loss of power, for what it was copied from is removed by it. */
const ON_DISK = "fsync_after_insert = 1, fsync_part_directory = 1";

/** Makes room on the added server for what is copied, beside its part, with the record of what is. */
export async function prepareIncoming({ addedServer, incoming, part, tables }: Move): Promise<void> {
  await runStep(addedServer, `CREATE DATABASE IF NOT EXISTS ${incoming}`);
  for (const table of [...tables, TAIL]) {
    const like = table === TAIL ? "requests" : table;
    await runStep(addedServer, `CREATE TABLE IF NOT EXISTS ${incoming}.${table} AS ${part}.${like}`);
    await runStep(addedServer, `ALTER TABLE ${incoming}.${table} MODIFY SETTING ${ON_DISK}`);
  }
  await runStep(
    addedServer,
    `CREATE TABLE IF NOT EXISTS ${incoming}.copied (table_name String, partition_id String, cut_ms Int64, as_of_s UInt32, amount String, digest String,
     at DateTime64(6, 'UTC') DEFAULT now64(6)) ENGINE = MergeTree ORDER BY (table_name, partition_id, at) SETTINGS ${ON_DISK}`,
  );
  await runStep(
    addedServer,
    `CREATE TABLE IF NOT EXISTS ${incoming}.steps (step String, at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY step SETTINGS ${ON_DISK}`,
  );
}

/** Drops what was copied once it is part of the added server, and leaves the record of it. */
export async function dropCopies({ addedServer, incoming, tables }: Move): Promise<void> {
  for (const table of [...tables, TAIL]) await runStep(addedServer, `DROP TABLE IF EXISTS ${incoming}.${table} SYNC`);
}

/** Rows of requests that were written after the rest of their day was copied. */
export const TAIL = "requests_tail";

/** Which steps are done; none where nothing was begun. */
export async function readSteps({ addedServer, addedIncoming, incoming }: Move): Promise<ReadonlySet<string>> {
  if (!(await readTables(addedServer, incoming)).has("steps")) return new Set();
  const rows = await ask<{ readonly step: string }>(addedIncoming, "SELECT DISTINCT step FROM steps");
  return new Set(rows.map(({ step }) => step));
}

/** Puts on file that a step is done. */
export async function recordStep({ addedServer, incoming }: Move, step: Step): Promise<void> {
  await runStep(addedServer, `INSERT INTO ${incoming}.steps (step) VALUES ('${step}')`);
}

/** Tables of a move are of no migration, and gone with it: what is asked of them stands here. */
async function ask<Row>(client: ClickHouseClient, query: string): Promise<readonly Row[]> {
  return (await client.query({ query, format: "JSONEachRow" })).json<Row>();
}

interface CopiedRow {
  readonly table_name: string;
  readonly partition_id: string;
  readonly newest_cut_ms: number;
  readonly newest_as_of_s: number;
  readonly newest_amount: string;
  readonly newest_digest: string;
}

const COPIED = `
SELECT
  table_name,
  partition_id,
  argMax(cut_ms, at) AS newest_cut_ms,
  argMax(as_of_s, at) AS newest_as_of_s,
  argMax(amount, at) AS newest_amount,
  argMax(digest, at) AS newest_digest
FROM copied
GROUP BY table_name, partition_id`;

/** What is copied, by `<table>/<partition>`. */
export async function readCopied(incoming: ClickHouseClient): Promise<Map<string, CopiedRange>> {
  const rows = await ask<CopiedRow>(incoming, COPIED);
  return new Map(
    rows.map((row) => [
      `${row.table_name}/${row.partition_id}`,
      {
        cutMs: row.newest_cut_ms < 0 ? null : row.newest_cut_ms,
        asOfS: row.newest_as_of_s,
        amount: row.newest_amount,
        digest: row.newest_digest,
      },
    ]),
  );
}

/** Puts on file that a range is copied and verified. */
export async function recordCopied(
  incoming: ClickHouseClient,
  table: string,
  partition: string,
  { cutMs, asOfS, amount, digest }: CopiedRange,
): Promise<void> {
  await incoming.insert({
    table: "copied",
    values: [{ table_name: table, partition_id: partition, cut_ms: cutMs ?? -1, as_of_s: asOfS, amount, digest }],
    format: "JSONEachRow",
  });
}

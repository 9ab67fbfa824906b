import pMap from "p-map";
import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import { readCopied, recordCopied, TAIL, type CopiedRange } from "./move-record.js";
import { isMoved, readServer, runStep, sourceOf, type Move } from "./open-move.js";
import { columnsOf, digestQuery, isSame, readDigests, readShape, type Digest, type TableShape } from "./table-shape.js";

/** What a range is like on the servers that it is read from. */
interface Range {
  readonly rows: number;
  /** Epoch seconds. */
  readonly changedS: number;
}

const partitionsQuery = defineQuery("shards/partitions", {
  params: { database: z.string(), table: z.string() },
  row: { partition_id: z.string(), part_rows: z.number(), part_bytes: z.number(), changed_s: z.number() },
});

/** Ranges of a table over all servers that have traffic, oldest first. */
async function readRanges(move: Move, database: string, table: string): Promise<ReadonlyMap<string, Range>> {
  const ranges = new Map<string, Range>();
  for (const server of move.oldServers)
    for (const row of await readRows(server, partitionsQuery, { database, table })) {
      const { rows = 0, changedS = 0 } = ranges.get(row.partition_id) ?? {};
      ranges.set(row.partition_id, { rows: rows + row.part_rows, changedS: Math.max(changedS, row.changed_s) });
    }
  return new Map([...ranges].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A row is seen so soon after the instant that it is written with, as a rule: what is not is found by the sums. */
const SEEN_WITHIN_MS = 15_000;
/** What the servers' clocks, and the seconds that changes are noted in, may be apart. */
const APART_S = 5;

const NOTHING: Digest = { amount: "0", digest: "0" };

/** Small ranges are many, and each waits for the disk. */
const TABLES_AT_ONCE = 3;

/** How far the copying is. */
export interface CopyProgress {
  readonly table: string;
  readonly rows: number;
  readonly totalRows: number;
}

/** What a pass of copying is. */
export interface CopyPass {
  readonly database: string;
  /** Whether nothing is written to the servers meanwhile: then every range must come to the same sums. */
  readonly isLast: boolean;
  readonly onProgress: (progress: CopyProgress) => void;
}

/**
 * Copies each range that is not copied yet, or was changed since; the added server reads from the others. Of requests, which is by far the largest, only
 * what was written later is copied then. A range that is copied by half, when the command or a server dies, is dropped and copied again.
 * @throws Error when sums differ though nothing is written
 */
export async function copyRanges(move: Move, pass: CopyPass): Promise<void> {
  const copied = await readCopied(move.addedIncoming);
  const tables = new Map<string, ReadonlyMap<string, Range>>();
  for (const table of move.tables) tables.set(table, await readRanges(move, pass.database, table));
  let totalRows = 0;
  for (const ranges of tables.values()) for (const { rows } of ranges.values()) totalRows += rows;
  let done = 0;
  const copyTable = async ([table, ranges]: readonly [string, ReadonlyMap<string, Range>]) => {
    const shape = await readShape(move.added, table);
    for (const [partition, range] of ranges) {
      pass.onProgress({ table, rows: done, totalRows });
      await copyRange({ move, pass, shape, partition, range, known: copied.get(`${table}/${partition}`) });
      done += range.rows;
    }
  };
  await pMap(tables, copyTable, { concurrency: TABLES_AT_ONCE });
}

interface OneRange {
  readonly move: Move;
  readonly pass: CopyPass;
  readonly shape: TableShape;
  readonly partition: string;
  readonly range: Range;
  readonly known: CopiedRange | undefined;
}

async function copyRange(one: OneRange): Promise<void> {
  const { move, pass, shape, partition, range, known } = one;
  if (known !== undefined && range.changedS + APART_S < known.asOfS) return;
  const isRequests = shape.table === "requests";
  // The day's rows until then are there: in the last pass what came after them follows.
  if (isRequests && known !== undefined && known.cutMs !== null) return pass.isLast ? copyTail(one, known) : undefined;
  const now = Math.min(...(await Promise.all(move.oldServers.map(readServer))).map((server) => server.now));
  const cutMs = isRequests && !pass.isLast ? now - SEEN_WITHIN_MS : null;
  const same =
    (known === undefined ? null : await readIfSame(one)) ??
    (await copyOnce(one, shape.table, cutMs === null ? "" : ` AND ingested_at < ${instant(cutMs)}`));
  if (same === null) return;
  if (isRequests) await dropPartition(move.addedServer, `${move.incoming}.${TAIL}`, partition);
  await attachRange(one);
  const asOfS = Math.floor((cutMs ?? now) / 1000);
  await recordCopied(move.addedIncoming, shape.table, partition, { cutMs, asOfS, ...same });
}

/** A merge changes a range, and none of its sums. */
async function readIfSame(one: OneRange): Promise<Digest | null> {
  const [there, here] = [await readSource(one, ""), await readStaged(one, one.shape.table)];
  return isSame(there, here) ? (here ?? NOTHING) : null;
}

/**
 * What came after the rest, copied whole each time that it is. The rest was verified when it was copied, and such rows never change: that there are as many
 * as on the servers says that none of them was seen too late. Where some were, all is copied again.
 */
async function copyTail(one: OneRange, { cutMs }: CopiedRange): Promise<void> {
  const { move, shape, partition } = one;
  await copyOnce(one, TAIL, ` AND ingested_at >= ${instant(cutMs ?? 0)}`);
  const counted = async (source: string, where: string) => {
    const query = `SELECT _partition_id AS partition_id, toString(count()) AS amount, '' AS digest FROM ${source} WHERE ${where} GROUP BY partition_id`;
    return Number((await digestOf(move.addedServer, query, partition))?.amount ?? 0);
  };
  const isOf = `_partition_id = '${partition}'`;
  const there = await counted(sourceOf(move, one.pass.database, shape.table), `${isOf} AND ${isMoved(move)}`);
  const base = await counted(`${move.incoming}.${shape.table}`, isOf);
  if (there !== base + (await counted(`${move.incoming}.${TAIL}`, isOf))) {
    await dropPartition(move.addedServer, `${move.incoming}.${TAIL}`, partition);
    await copyOnce(one, shape.table, "");
  }
  await attachRange(one);
}

const instant = (ms: number) => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;

/**
 * Makes a copied range one of the added server's part, in place of what was there of it: whole parts, by hard links, of which no view takes notice. In one
 * statement, which fails once the copies are gone: a command that was frozen until after the switch takes nothing away.
 */
async function attachRange(one: OneRange): Promise<void> {
  const { move, shape, partition } = one;
  const range = (verb: string, from: string) =>
    `ALTER TABLE ${move.part}.${shape.table} ${verb} PARTITION ID '${partition}' FROM ${move.incoming}.${from}`;
  let verb = "REPLACE";
  for (const table of shape.table === "requests" ? [shape.table, TAIL] : [shape.table]) {
    const held = await readRows(move.addedServer, partitionsQuery, { database: move.incoming, table });
    if (!held.some(({ partition_id: id }) => id === partition)) continue;
    await runStep(move.addedServer, range(verb, table));
    verb = "ATTACH";
  }
}

/** Copies a range into an empty one. Null where the sums differ because it was written to meanwhile. */
async function copyOnce(one: OneRange, into: string, more: string): Promise<Digest | null> {
  const { move, pass, shape, partition } = one;
  const columns = columnsOf(shape).join(", ");
  const source = sourceOf(move, pass.database, shape.table);
  await dropPartition(move.addedServer, `${move.incoming}.${into}`, partition);
  await runStep(
    move.addedServer,
    `INSERT INTO ${move.incoming}.${into} (${columns}) SELECT ${columns} FROM ${source}
     WHERE _partition_id = '${partition}' AND ${isMoved(move)}${more}
     SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0`,
  );
  const [there, here] = [await readSource(one, more), await readStaged(one, into)];
  if (isSame(there, here)) return here ?? NOTHING;
  if (pass.isLast)
    throw new Error(
      `${shape.table}, range ${partition}: the copy has ${here?.amount ?? 0} and the servers ${there?.amount ?? 0}, though nothing is written. Nothing was removed: run this again`,
    );
  return null;
}

const readSource = async ({ move, pass, shape, partition }: OneRange, more: string) =>
  digestOf(
    move.addedServer,
    digestQuery(
      shape,
      sourceOf(move, pass.database, shape.table),
      `_partition_id = '${partition}' AND ${isMoved(move)}${more}`,
    ),
    partition,
  );

const readStaged = async ({ move, shape, partition }: OneRange, table: string) =>
  digestOf(
    move.addedServer,
    digestQuery(shape, `${move.incoming}.${table}`, `_partition_id = '${partition}'`),
    partition,
  );

async function digestOf(client: ClickHouseClient, query: string, partition: string): Promise<Digest | undefined> {
  return (await readDigests(client, query)).get(partition);
}

/** Drops a range, if it is there. */
async function dropPartition(client: ClickHouseClient, table: string, partition: string): Promise<void> {
  await runStep(client, `ALTER TABLE ${table} DROP PARTITION ID '${partition}'`);
}

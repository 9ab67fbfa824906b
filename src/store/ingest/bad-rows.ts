import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ClickHouseClient, ClickHouseSettings } from "@clickhouse/client";
import { z } from "zod";
import { readRows } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { judgeInsertError } from "./insert-problem.js";
import { exactlyOnce } from "./insert-requests.js";
import { NATIVE_COLUMNS } from "./native-block.js";
import { REQUEST_COLUMNS } from "./request-block.js";

/** Rows [from, to) that ClickHouse cannot take, by their places in the pieces, and what it says about them. */
export interface BadRows {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** Rows are numbered as they stand in the bytes. */
const IN_ORDER: ClickHouseSettings = { max_threads: 1, input_format_parallel_parsing: 0 };
const ROW = "rowNumberInAllBlocks()";
const input = `input('${NATIVE_COLUMNS.map(([name, type]) => `${name} ${type.replaceAll("'", "\\'")}`).join(", ")}')`;

const requestTypesQuery = defineQuery("ingest/request-types", {
  params: { names: listOf(z.string()) },
  row: { name: z.string(), type: z.string() },
});

/** Reads rows [from, to) of pieces as an insert would, and writes nothing; null when all is well. @throws what is no fault of the rows */
export async function tryRows(
  client: ClickHouseClient,
  pieces: readonly Buffer[],
  [from, to]: readonly [number, number],
): Promise<string | null> {
  const types = await readRows(client, requestTypesQuery, { names: REQUEST_COLUMNS });
  const typeOf = new Map(types.map(({ name, type }) => [name, type]));
  const structure = REQUEST_COLUMNS.map((name) => `${name} ${typeOf.get(name)}`).join(", ");
  const columns = REQUEST_COLUMNS.join(", ");
  try {
    await send(
      client,
      `INSERT INTO FUNCTION null('${structure.replaceAll("'", "\\'")}') SELECT ${columns} FROM ${input} WHERE ${within({ from, to })} FORMAT Native`,
      pieces,
      IN_ORDER,
    );
    return null;
  } catch (error) {
    const { verdict, found } = judgeInsertError(error);
    if (verdict === "poison") return found;
    throw error;
  }
}

/** Writes pieces as `insertPieces` does, under the same token, without some of their rows. */
export async function insertWithout(
  client: ClickHouseClient,
  pieces: readonly Buffer[],
  bad: readonly BadRows[],
  token: string,
): Promise<void> {
  const columns = REQUEST_COLUMNS.join(", ");
  await send(
    client,
    `INSERT INTO requests (${columns}) SELECT ${columns} FROM ${input} WHERE NOT (${anyOf(bad)}) FORMAT Native`,
    pieces,
    { ...exactlyOnce(token), ...IN_ORDER },
  );
}

/** Keeps bad rows of a block's pieces with the reason, once. */
export async function quarantineRows(
  client: ClickHouseClient,
  pieces: readonly Buffer[],
  bad: readonly BadRows[],
  block: string,
): Promise<void> {
  const reasons = bad.map((rows) => `${within(rows)}, '${escape(rows.reason)}'`).join(", ");
  await send(
    client,
    `INSERT INTO quarantined_events (block, row, reason, event)
     SELECT '${escape(block)}', ${ROW}, multiIf(${reasons}, ''), formatRowNoNewline('JSONEachRow', *)
     FROM ${input} WHERE ${anyOf(bad)} FORMAT Native`,
    pieces,
    { ...exactlyOnce(`${block}:quarantine`), ...IN_ORDER },
  );
}

/** Keeps a piece of a block that is not even rows, as base64, once. */
export async function quarantinePiece(
  client: ClickHouseClient,
  piece: Buffer,
  reason: string,
  { block, index }: { readonly block: string; readonly index: number },
): Promise<void> {
  await client.insert({
    table: "quarantined_events",
    values: [{ block, row: -1 - index, reason, event: piece.toString("base64") }],
    format: "JSONEachRow",
    clickhouse_settings: exactlyOnce(`${block}:quarantine:${index}`),
  });
}

async function send(
  client: ClickHouseClient,
  query: string,
  pieces: readonly Buffer[],
  settings: ClickHouseSettings,
): Promise<void> {
  const { stream } = await client.exec({
    query,
    values: Readable.from(pieces, { objectMode: false }),
    http_headers: { "content-encoding": "gzip" },
    clickhouse_settings: settings,
  });
  await finished(stream.resume());
}

function anyOf(bad: readonly BadRows[]): string {
  return bad.length === 0 ? "0" : bad.map(within).join(" OR ");
}

function within({ from, to }: Pick<BadRows, "from" | "to">): string {
  return `(${ROW} >= ${from} AND ${ROW} < ${to})`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\']/g, "\\$&");
}

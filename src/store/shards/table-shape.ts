import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** The columns of a table that rows are written with: what a row is of, what is summed, and what is a least or greatest. */
export interface TableShape {
  readonly table: string;
  readonly of: readonly string[];
  readonly sums: readonly string[];
  readonly bounds: readonly string[];
}

/** What rows come to, whether they are merged or not: how much, and a sum over every column of all of them. */
export interface Digest {
  readonly amount: string;
  readonly digest: string;
}

const columnsQuery = defineQuery("shards/columns", {
  params: { table: z.string() },
  row: { name: z.string(), type: z.string() },
});

/** How a table is made, by the client's database. */
export async function readShape(client: ClickHouseClient, table: string): Promise<TableShape> {
  const columns = await readRows(client, columnsQuery, { table });
  const named = (holds: (type: string) => boolean) => columns.filter(({ type }) => holds(type)).map(({ name }) => name);
  return {
    table,
    of: named((type) => !type.startsWith("SimpleAggregateFunction(")),
    sums: named((type) => type.startsWith("SimpleAggregateFunction(sum,")),
    bounds: named((type) => /^SimpleAggregateFunction\((min|max),/.test(type)),
  };
}

/** All columns that rows are written with. */
export const columnsOf = ({ of, sums, bounds }: TableShape) => [...of, ...sums, ...bounds];

/** A query for the digests of a source by partition, for rows of which a condition holds. Sums wrap around, on both sides alike. */
export function digestQuery({ of, sums, bounds, ...shape }: TableShape, source: string, where: string): string {
  const hash = `cityHash64(${of.join(", ")})`;
  const weighted = (values: readonly string[]) =>
    values.map((value, i) => `${2 * i + 1} * toUInt64(${value})`).join(" + ");
  const answer = (amount: string, digest: string, from: string) =>
    `SELECT id AS partition_id, toString(${amount}) AS amount, toString(${digest}) AS digest FROM (${from}) GROUP BY id`;
  const rows = `FROM ${source} WHERE ${where}`;
  if (bounds.length > 0) {
    // The first is the least, the last the greatest, as it comes to once all is merged.
    const merged = bounds.map((name) => `toUnixTimestamp(${boundOf(shape.table, name)}(${name}))`);
    const grouped = `SELECT _partition_id AS id, ${hash} AS h, ${weighted(merged)} AS v ${rows} GROUP BY id, ${of.join(", ")}`;
    return answer("count()", "sum(h * v)", grouped);
  }
  const each = `SELECT _partition_id AS id, ${hash} AS h, ${sums.length > 0 ? weighted(sums) : "toUInt64(1)"} AS v, ${sums.length > 0 ? `toUInt64(${sums[0]})` : "toUInt64(1)"} AS n ${rows}`;
  return answer("sum(n)", "sum(h * v)", each);
}

function boundOf(table: string, name: string): "min" | "max" {
  if (name.startsWith("first")) return "min";
  if (name.startsWith("last")) return "max";
  throw new Error(`${table}.${name} is neither a first nor a last by its name`);
}

/** Asks for digests; a partition without such rows is not among them. */
export async function readDigests(client: ClickHouseClient, query: string): Promise<ReadonlyMap<string, Digest>> {
  const result = await client.query({ query, format: "JSONEachRow" });
  const rows = await result.json<Digest & { readonly partition_id: string }>();
  return new Map(rows.map(({ partition_id: id, amount, digest }) => [id, { amount, digest }]));
}

/** Whether two digests are of the same rows; none is that of no rows. */
export function isSame(one: Digest | undefined, other: Digest | undefined): boolean {
  const text = (of: Digest | undefined) => (of === undefined ? "0 0" : `${of.amount} ${of.digest}`);
  return text(one) === text(other);
}

import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { createClient, type ClickHouseClient, type ClickHouseSettings } from "@clickhouse/client";
import { z } from "zod";
import type { Secret } from "../../secret.js";
import { homeUrl, shardUrls } from "../../clickhouse-urls.js";
import { askOnce } from "../../flow/ask-once.js";
import { callerSignal } from "../../flow/caller.js";
import { defineQuery, type Query, type Statement, type ValuesOf } from "./define-query.js";
import { splitLongLists } from "./split-long-lists.js";
import { queryText } from "./sql-files.js";

export type { ClickHouseClient };

/** The session's settings are pinned, because their defaults differ between server versions (24.8 to 26.x). */
export const PINNED_SETTINGS = {
  wait_end_of_query: 1,
  http_write_exception_in_output_format: 0,
  // Sums beyond 2^53, nine billion dollars in micro-dollars, lose digits and never size.
  output_format_json_quote_64bit_integers: 0,
  date_time_input_format: "best_effort",
  join_use_nulls: 0,
  max_execution_time: 120,
  cancel_http_readonly_queries_on_client_close: 1,
} as const;

/**
 * What one table answers to another, or to a list, is worked out once and sent to the shards, for the registry is on the first of them alone;
 * a question about some keys goes only where they are; and a shard that is away is an error, never a shorter answer.
 */
const OVER_SHARDS = {
  prefer_global_in_and_join: 1,
  optimize_skip_unused_shards: 1,
  // A condition that asks a question of its own would be handed on through views, to be asked again of tables that a shard does not have: 26.7 ends
  // with SIGABRT there. Others are handed on all the same.
  allow_push_predicate_ast_for_distributed_subqueries: 0,
  skip_unavailable_shards: 0,
  // A shard of 26.7 ends with SIGABRT where a question is cancelled while it answers: it works on for who is gone, two minutes at most.
  cancel_http_readonly_queries_on_client_close: 0,
  distributed_foreground_insert: 1,
} as const;

/**
 * Where a shard is away the others answer alone, and what they say is of their keys: for who knows which those are. A shard that is there and says
 * nothing is waited for for a second, in each query.
 */
const AS_FAR_AS_SHARDS_ANSWER = {
  skip_unavailable_shards: 1,
  connections_with_failover_max_tries: "1",
  connect_timeout_with_failover_ms: 500,
  handshake_timeout_ms: 1000,
} as const;

/** A query that only reads is sent so: the server then ends it with the connection of who asked, where the client's settings say that. */
const READ_SETTINGS = { readonly: "2" } as const;

/** How a query that only reads is sent. @throws the signal's reason when the caller is gone already: the client would ask all the same */
export function readOnly() {
  const signal = callerSignal();
  signal?.throwIfAborted();
  return { clickhouse_settings: READ_SETTINGS, ...(signal === undefined ? {} : { abort_signal: signal }) };
}

/**
 * Opens a client for the database that the URL names. Nothing is sent until the first query.
 * `database: "server"` leaves the database out, for creating it. Of several URLs it is the first.
 */
export function openClickHouse(url: Secret, database: "named" | "server" = "named"): ClickHouseClient {
  return openDatabase(url, homeUrl(url), database === "server" ? "" : databaseOf(url));
}

/** Opens a client whose answers leave out shards that are away. */
export function openWhatAnswers(url: Secret): ClickHouseClient {
  return openDatabase(url, homeUrl(url), databaseOf(url), AS_FAR_AS_SHARDS_ANSWER);
}

/** Opens a client for each shard's own part of the traffic. Where there is one it is the database itself. */
export function openShards(url: Secret): readonly ClickHouseClient[] {
  return shardUrls(url).map((one) => openDatabase(url, one, shardDatabaseOf(url)));
}

/** Opens a client for each server on its own, without a database. */
export function openServers(url: Secret): readonly ClickHouseClient[] {
  return shardUrls(url).map((one) => openDatabase(url, one, ""));
}

/** Where a shard keeps its part of the traffic: beside the tables of that name that read all shards. */
export function shardDatabaseOf(url: Secret): string {
  return shardUrls(url).length === 1 ? databaseOf(url) : `${databaseOf(url)}_shard`;
}

function openDatabase(url: Secret, one: Secret, database: string, more: ClickHouseSettings = {}): ClickHouseClient {
  const target = new URL(one.reveal());
  target.pathname = `/${encodeURIComponent(database)}`;
  const isSpread = shardUrls(url).length > 1;
  return createClient({
    url: target,
    application: "plimsoll",
    request_timeout: 130_000,
    max_open_connections: 10,
    // Lists of thousands of keys do not fit into a URL.
    use_multipart_params_auto: true,
    keep_alive: { enabled: true, idle_socket_ttl: 1500 },
    // Errors of the client may quote a query; ours are logged by their caller, once.
    log: { level: 127 },
    clickhouse_settings: isSpread ? { ...PINNED_SETTINGS, ...OVER_SHARDS, ...more } : PINNED_SETTINGS,
  });
}

/** The database that the URL names; `plimsoll` when it names none. */
export function databaseOf(url: Secret): string {
  return decodeURIComponent(new URL(homeUrl(url).reveal()).pathname.slice(1)) || "plimsoll";
}

/** The text of a query with its parameters; as of an instant (epoch ms) when there is one. @throws Error when it cannot be asked so */
export function boundQuery<Params extends z.ZodRawShape>(
  query: Statement<Params>,
  params: ValuesOf<Params>,
  asOf: number | null,
) {
  if (asOf !== null && query.asOf !== true) throw new Error(`${query.name} cannot be asked as of an instant`);
  const all = asOf === null ? params : { ...params, as_of: new Date(asOf) };
  const split = splitLongLists({ query: queryText(query.name, asOf !== null), params: all });
  return { query: split.query, query_params: { ...split.params } };
}

/**
 * Runs a query and returns its rows. With `asOf` (epoch ms) roll-ups are replaced by what raw rows gave at that instant.
 * @throws ClickHouseError, or a network error: never an empty result for a failed query.
 */
export async function readRows<Params extends z.ZodRawShape, Row extends z.ZodRawShape>(
  client: ClickHouseClient,
  query: Query<Params, Row>,
  params: ValuesOf<Params>,
  asOf: number | null = null,
): Promise<ValuesOf<Row>[]> {
  const ask = async () => {
    const result = await client.query({ ...boundQuery(query, params, asOf), ...readOnly(), format: "JSONEachRow" });
    return result.json<ValuesOf<Row>>();
  };
  return query.once === true ? askOnce(client, JSON.stringify([query.name, params, asOf]), ask) : ask();
}

/** Runs a statement that answers nothing. @throws ClickHouseError, or a network error */
export async function runStatement<Params extends z.ZodRawShape>(
  client: ClickHouseClient,
  statement: Statement<Params>,
  params: ValuesOf<Params>,
  settings: ClickHouseSettings,
): Promise<void> {
  await client.command({ ...boundQuery(statement, params, null), clickhouse_settings: settings });
}

/** Inserts rows once: a repeat under the same token within the deduplication window changes nothing. */
export async function insertOnce(
  client: ClickHouseClient,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  token: string,
): Promise<void> {
  if (rows.length === 0) return;
  await client.insert({
    table,
    values: rows as Record<string, unknown>[],
    format: "JSONEachRow",
    clickhouse_settings: once(token),
  });
}

/** The same for rows that are one block of the Native format. */
export async function insertBlockOnce(
  client: ClickHouseClient,
  { table, columns, block }: { readonly table: string; readonly columns: readonly string[]; readonly block: Buffer },
  token: string,
): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${columns.join(", ")}) FORMAT Native`,
    values: Readable.from([block], { objectMode: false }),
    clickhouse_settings: once(token),
  });
  // The answer is empty; unread it would keep its connection.
  await finished(stream.resume());
}

const once = (token: string): ClickHouseSettings => ({
  async_insert: 0,
  insert_deduplicate: 1,
  insert_deduplication_token: token,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  input_format_skip_unknown_fields: 0,
});

const clockQuery = defineQuery("clickhouse/clock", { params: {}, row: { now_ms: z.number() }, once: true });

/** The database's own clock in epoch ms: the one that `ingested_at` is written by. All parts of a view are as of one instant. */
export async function readClock(client: ClickHouseClient): Promise<number> {
  const [row] = await readRows(client, clockQuery, {});
  if (row === undefined) throw new Error("the database did not return its time");
  return row.now_ms;
}

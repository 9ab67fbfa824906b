import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ClickHouseClient, ClickHouseSettings } from "@clickhouse/client";
import type { Heartbeat } from "./heartbeat.js";
import { REQUEST_COLUMNS } from "./request-block.js";

/**
 * The settings that make a repeat harmless, pinned because the defaults differ between versions: a synchronous insert whose token is
 * remembered by the table and by every table that a view fills from it, read in one piece so that a repeat is cut alike.
 */
export function exactlyOnce(token: string): ClickHouseSettings {
  return {
    async_insert: 0,
    insert_deduplicate: 1,
    insert_deduplication_token: token,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    input_format_parallel_parsing: 0,
    input_format_skip_unknown_fields: 0,
    // A block touches three days at most, or a week.
    max_partitions_per_insert_block: "0",
    wait_end_of_query: 1,
  };
}

/**
 * Writes pieces (each the data of a request block) in one insert into `requests` and all that is filled from it; the same token again
 * writes nothing. Throws ClickHouse's error, after which all may have been written, in part or not: repeat it.
 */
export async function insertPieces(client: ClickHouseClient, pieces: readonly Buffer[], token: string): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO requests (${REQUEST_COLUMNS.join(", ")}) FORMAT Native`,
    values: Readable.from(pieces, { objectMode: false }),
    http_headers: { "content-encoding": "gzip" },
    clickhouse_settings: exactlyOnce(token),
  });
  // The answer is empty; unread it would keep its connection.
  await finished(stream.resume());
}

/** Notes sources that were heard without an event, by ClickHouse's clock, as for events: a check as of T must see what could be seen at T. */
export async function insertHeartbeats(
  client: ClickHouseClient,
  heartbeats: readonly Heartbeat[],
  token: string,
): Promise<void> {
  const values = heartbeats.map((_, i) => `({minute${i}:DateTime('UTC')}, {source${i}:String}, 0, now64(3))`);
  const given = heartbeats.flatMap(({ source, minute }, i) => [
    [`minute${i}`, Math.floor(minute / 1000)],
    [`source${i}`, source],
  ]);
  await client.command({
    query: `INSERT INTO ingest_coverage (minute, source, events, last_ingested_at) VALUES ${values.join(", ")}`,
    query_params: Object.fromEntries(given) as Record<string, unknown>,
    clickhouse_settings: exactlyOnce(token),
  });
}

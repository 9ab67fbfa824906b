import { Readable } from "node:stream";
import type { ClickHouseClient, ClickHouseSettings } from "@clickhouse/client";
import { REQUEST_COLUMNS, type RequestBlock } from "./request-block.js";

/**
 * What makes a repeat harmless, pinned because the defaults differ between versions: a synchronous insert whose token is
 * remembered by the table and by every table that a view fills from it, read in one piece so that a repeat is cut alike.
 */
function exactlyOnce(token: string): ClickHouseSettings {
  return {
    async_insert: 0,
    insert_deduplicate: 1,
    insert_deduplication_token: token,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    input_format_parallel_parsing: 0,
    input_format_skip_unknown_fields: 0,
    // Blocks are cut to 30 days before they get here.
    max_partitions_per_insert_block: "0",
    wait_end_of_query: 1,
  };
}

/**
 * Writes a block into `requests` and all that is filled from it; the same token again writes nothing.
 * Throws ClickHouse's error, after which the whole block may have been written, in part or not: repeat it.
 */
export async function insertRequestBlock(client: ClickHouseClient, block: RequestBlock, token: string): Promise<void> {
  await client.insert({
    table: "requests",
    columns: [...REQUEST_COLUMNS],
    format: "TabSeparated",
    values: Readable.from([Buffer.from(block.data)], { objectMode: false }),
    clickhouse_settings: exactlyOnce(token),
  });
}

/** Notes that a source was heard in the minute that begins at `minute` (epoch milliseconds), without an event. Throws ClickHouse's error. */
export async function insertHeartbeat(
  client: ClickHouseClient,
  source: string,
  minute: number,
  token: string,
): Promise<void> {
  await client.command({
    // ClickHouse's clock, as for events: a check as of T must see what could be seen at T.
    query:
      "INSERT INTO ingest_coverage (minute, source, events, last_ingested_at) VALUES ({minute:DateTime('UTC')}, {source:String}, 0, now64(3))",
    query_params: { minute: Math.floor(minute / 1000), source },
    clickhouse_settings: exactlyOnce(token),
  });
}

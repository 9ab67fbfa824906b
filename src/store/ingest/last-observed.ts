import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** The newest sign of life from any source; instants are epoch ms. */
export interface LastHeard {
  /** Name of the ingest token. */
  readonly source: string;
  /** When the newest row was written. */
  readonly writtenAt: number;
  /** Begin of the newest minute that was heard. */
  readonly minuteAt: number;
}

const lastHeardQuery = defineQuery("ingest/last-heard", {
  params: {},
  row: { newest_source: z.string(), written_ms: z.number(), minute_s: z.number(), minutes: z.number() },
});

/** When ingest was last heard, or null when it never was. */
export async function readLastHeard(client: ClickHouseClient): Promise<LastHeard | null> {
  const rows = await readRows(client, lastHeardQuery, {});
  const [row] = rows;
  if (row === undefined || row.minutes === 0) return null;
  return { source: row.newest_source, writtenAt: row.written_ms, minuteAt: row.minute_s * 1000 };
}

import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** The newest sign of life from any source; instants are epoch ms. */
export interface LastObserved {
  /** Name of the ingest token. */
  readonly source: string;
  /** When the newest row was written. */
  readonly writtenAt: number;
  /** Begin of the newest minute that was heard. */
  readonly minuteAt: number;
}

const lastObservedQuery = defineQuery("ingest/last-observed", {
  params: {},
  row: { newest_source: z.string(), written_ms: z.number(), minute_s: z.number(), minutes: z.number() },
});

/** When ingest was last heard, or null when it never was. */
export async function readLastObserved(client: ClickHouseClient): Promise<LastObserved | null> {
  const rows = await readRows(client, lastObservedQuery, {});
  const [row] = rows;
  if (row === undefined || row.minutes === 0) return null;
  return { source: row.newest_source, writtenAt: row.written_ms, minuteAt: row.minute_s * 1000 };
}

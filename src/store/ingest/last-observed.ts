import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** The newest sign of life from any source; instants are epoch ms. */
export interface LastHeard {
  /** Name of the ingest token. */
  readonly source: string;
  /** When the newest row was written. */
  readonly writtenAt: number;
  /** Begin of the newest minute that was heard. */
  readonly minuteAt: number;
}

/** When ingest was last heard, or null when it never was. */
export async function readLastHeard(client: ClickHouseClient): Promise<LastHeard | null> {
  const rows = await readRows<{ newest_source: string; written_ms: number; minute_s: number; minutes: number }>(
    client,
    "ingest/last-heard",
    {},
  );
  const [row] = rows;
  if (row === undefined || row.minutes === 0) return null;
  return { source: row.newest_source, writtenAt: row.written_ms, minuteAt: row.minute_s * 1000 };
}

import { readRows, type ClickHouseClient } from "./clickhouse.js";

/** One key's last 24 hours, as one kind of observer saw them. */
export interface FleetKey {
  readonly keyId: string;
  readonly observedBy: string;
  readonly requests: number;
  readonly spendMicros: number;
  readonly throttled: number;
  /** Requests in the busiest minute of the last hour. */
  readonly busiestMinute: number;
}

/** What keys did in the 24 hours before an instant (epoch ms), the dearest first; at most `most` of them. */
export async function readFleetDay(client: ClickHouseClient, now: number, most: number): Promise<FleetKey[]> {
  type Row = {
    key_id: string;
    observed_by: string;
    requests: string;
    spend_micros: string;
    throttled: string;
    busiest_minute: string;
  };
  const rows = await readRows<Row>(client, "fleet-day", { now: new Date(now), most });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: Number(row.requests),
    spendMicros: Number(row.spend_micros),
    throttled: Number(row.throttled),
    busiestMinute: Number(row.busiest_minute),
  }));
}

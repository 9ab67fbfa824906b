import { readRows, type ClickHouseClient } from "./clickhouse.js";

/** Pages and notices about leaks since an instant, and the key-days that they came from. */
export interface ObservedAlarms {
  readonly keyDays: number;
  readonly pages: number;
  readonly notices: number;
  /** Of the pages, those that people judged. */
  readonly judgedLeak: number;
  readonly judgedBenign: number;
}

/** Counts alarms since `from` (epoch ms). */
export async function readObservedAlarms(client: ClickHouseClient, from: number): Promise<ObservedAlarms> {
  type Row = {
    key_days: number;
    pages: number;
    notices: number;
    pages_judged_leak: number;
    pages_judged_benign: number;
  };
  const [row] = await readRows<Row>(client, "budget-audit", { from: Math.floor(from / 1000) });
  return {
    keyDays: row?.key_days ?? 0,
    pages: row?.pages ?? 0,
    notices: row?.notices ?? 0,
    judgedLeak: row?.pages_judged_leak ?? 0,
    judgedBenign: row?.pages_judged_benign ?? 0,
  };
}

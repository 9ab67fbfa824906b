import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** Alarms of one kind, and what people said they were. */
export interface JudgedAlarms {
  readonly sent: number;
  readonly leaks: number;
  readonly benign: number;
}

/** Pages and notices about leaks since an instant, and the key-days that they came from. */
export interface ObservedAlarms {
  readonly keyDays: number;
  readonly pages: JudgedAlarms;
  readonly notices: JudgedAlarms;
}

const budgetAuditQuery = defineQuery("view/budget-audit", {
  params: { from: z.number() },
  row: {
    key_days: z.number(),
    pages: z.number(),
    pages_leak: z.number(),
    pages_benign: z.number(),
    notices: z.number(),
    notices_leak: z.number(),
    notices_benign: z.number(),
  },
});

/** Counts alarms since `from` (epoch ms). */
export async function readObservedAlarms(client: ClickHouseClient, from: number): Promise<ObservedAlarms> {
  const [row] = await readRows(client, budgetAuditQuery, { from: Math.floor(from / 1000) });
  return {
    keyDays: row?.key_days ?? 0,
    pages: { sent: row?.pages ?? 0, leaks: row?.pages_leak ?? 0, benign: row?.pages_benign ?? 0 },
    notices: { sent: row?.notices ?? 0, leaks: row?.notices_leak ?? 0, benign: row?.notices_benign ?? 0 },
  };
}

import type { ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import type { Subject } from "../../model/subject.js";

/** Slots of past days of some keys, or of all, as they were learned. */
export async function readBaselineSlots(
  client: ClickHouseClient,
  days: readonly string[],
  visible: number,
  keys: readonly string[] = [],
): Promise<(Subject & { readonly day: string; readonly slots: number[] })[]> {
  type Row = { key_id: string; observed_by: ObservedBy; day: string; slots: number[] };
  const rows = await readRows<Row>(client, "learn/baseline-slots", { days, visible: new Date(visible), keys });
  return rows.map((row) => ({ keyId: row.key_id, observedBy: row.observed_by, day: row.day, slots: row.slots }));
}

/** Sums over past days that churn and cost per request are computed from. */
export interface BaselineSums extends Subject {
  readonly novelRequests: readonly number[];
  readonly churnRequests: number;
  readonly costRequests: number;
  readonly costMicros: number;
}

/** Reads the sums of some keys, or of all, for a day that is being learned; the day itself is not among them. */
export async function readBaselineSums(
  client: ClickHouseClient,
  span: { readonly day: string; readonly churnFrom: string; readonly churnTo: string; readonly costFrom: string },
  visible: number,
  keys: readonly string[] = [],
): Promise<BaselineSums[]> {
  type Row = {
    key_id: string;
    observed_by: ObservedBy;
    novel_requests: number[];
    churn_requests: number;
    cost_requests: number;
    cost_micros: number;
  };
  const params = {
    day: span.day,
    churn_from: span.churnFrom,
    churn_to: span.churnTo,
    cost_from: span.costFrom,
    visible: new Date(visible),
    keys,
  };
  const rows = await readRows<Row>(client, "learn/baseline-sums", params);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    novelRequests: row.novel_requests,
    churnRequests: row.churn_requests,
    costRequests: row.cost_requests,
    costMicros: row.cost_micros,
  }));
}

/** Daily maximum bins of some keys on the days before `day`. */
export async function readBaselineBins(
  client: ClickHouseClient,
  day: string,
  keys: readonly string[],
  visible: number,
): Promise<(Subject & { readonly daysAgo: number; readonly bins: number[] })[]> {
  type Row = { key_id: string; observed_by: ObservedBy; days_ago: number; daily_max_bins: number[] };
  const rows = await readRows<Row>(client, "learn/baseline-bins", { day, keys, visible: new Date(visible) });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    daysAgo: row.days_ago,
    bins: row.daily_max_bins,
  }));
}

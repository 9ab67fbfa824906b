import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, defineQuery, listOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";

const baselineSlotsQuery = defineBinaryQuery("learn/baseline-slots", {
  params: { days: listOf(z.string()), visible: z.date(), keys: listOf(z.string()) },
  row: { key_id: z.string(), observer: z.number(), day: z.string(), slots: z.array(z.number()) },
});

/** Slots of past days of some keys, or of all, as they were learned. */
export async function readBaselineSlots(
  client: ClickHouseClient,
  days: readonly string[],
  visible: number,
  keys: readonly string[] = [],
): Promise<(Subject & { readonly day: string; readonly slots: readonly number[] })[]> {
  const rows = await readBinary(client, baselineSlotsQuery, { days, visible: new Date(visible), keys });
  const found: (Subject & { readonly day: string; readonly slots: readonly number[] })[] = [];
  while (rows.more()) {
    const [keyId, observedBy] = [rows.text(), OBSERVERS[rows.byte() - 1]!];
    found.push({ keyId, observedBy, day: rows.text(), slots: rows.numbers() });
  }
  return found;
}

/** Sums over past days that churn and cost per request are computed from. */
export interface BaselineSums extends Subject {
  readonly novelRequests: readonly number[];
  readonly churnRequests: number;
  readonly costRequests: number;
  readonly costMicros: number;
}

const baselineSumsQuery = defineQuery("learn/baseline-sums", {
  params: {
    churn_from: z.string(),
    churn_to: z.string(),
    cost_from: z.string(),
    day: z.string(),
    visible: z.date(),
    keys: listOf(z.string()),
  },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    novel_requests: z.array(z.number()),
    churn_requests: z.number(),
    cost_requests: z.number(),
    cost_micros: z.number(),
  },
});

/** Reads the sums of some keys, or of all, for a day that is being learned; the day itself is not among them. */
export async function readBaselineSums(
  client: ClickHouseClient,
  span: { readonly day: string; readonly churnFrom: string; readonly churnTo: string; readonly costFrom: string },
  visible: number,
  keys: readonly string[] = [],
): Promise<BaselineSums[]> {
  const params = {
    day: span.day,
    churn_from: span.churnFrom,
    churn_to: span.churnTo,
    cost_from: span.costFrom,
    visible: new Date(visible),
    keys,
  };
  const rows = await readRows(client, baselineSumsQuery, params);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    novelRequests: row.novel_requests,
    churnRequests: row.churn_requests,
    costRequests: row.cost_requests,
    costMicros: row.cost_micros,
  }));
}

const baselineBinsQuery = defineQuery("learn/baseline-bins", {
  params: { day: z.string(), keys: listOf(z.string()), visible: z.date() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    days_ago: z.number(),
    daily_max_bins: z.array(z.number()),
    taught_days: z.number(),
    is_suspect: z.boolean(),
  },
});

/** Daily maximum bins of some keys on the days before `day`, none where the day taught nothing, how many days had taught up to it, and whether suspicion lasted beyond `day`. */
export async function readBaselineBins(
  client: ClickHouseClient,
  day: string,
  keys: readonly string[],
  visible: number,
): Promise<
  (Subject & {
    readonly daysAgo: number;
    readonly bins: number[];
    readonly taughtDays: number;
    readonly isSuspect: boolean;
  })[]
> {
  const rows = await readRows(client, baselineBinsQuery, { day, keys, visible: new Date(visible) });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    daysAgo: row.days_ago,
    bins: row.daily_max_bins,
    taughtDays: row.taught_days,
    isSuspect: row.is_suspect,
  }));
}

import { z } from "zod";
import { shardOf } from "../clickhouse/shard-of.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** What is counted of an hour. */
export interface Amounts {
  readonly requests: number;
  readonly unitMillis: number;
  readonly spendMicros: number;
}

/** Which report of which provider. */
export interface ReportName {
  readonly provider: string;
  readonly report: string;
}

/** What a key used of an item in the hour that begins at `hour`, epoch ms. */
export interface HourUse extends Amounts {
  readonly hour: number;
  readonly keyId: string;
  readonly item: string;
}

/** The last word on an hour of a key, the most that was ever reported of it, and how many changes the row has seen. */
export interface ReportedHour extends HourUse {
  readonly most: Amounts;
  readonly revision: number;
}

/** A change of an hour's last word; `added` is what it is beyond all that was reported before. */
export interface HourChange extends HourUse {
  readonly added: Amounts;
  /** Of all changes of the day. */
  readonly revision: number;
  /** Epoch ms; absent: when it is written. */
  readonly reportedAt?: number;
}

const reportedHoursQuery = defineQuery("pull/reported-hours", {
  params: { provider: z.string(), report: z.string(), from: z.number(), to: z.number() },
  row: {
    hour_s: z.number(),
    key_id: z.string(),
    item: z.string(),
    requests: z.number(),
    unit_millis: z.number(),
    spend_micros: z.number(),
    most_requests: z.number(),
    most_unit_millis: z.number(),
    most_spend_micros: z.number(),
    revision: z.number(),
  },
});

/** What a report last said of a span of whole hours (epoch ms). */
export async function readReportedHours(
  client: ClickHouseClient,
  { provider, report }: ReportName,
  from: number,
  to: number,
): Promise<ReportedHour[]> {
  const span = { from: from / 1000, to: to / 1000 };
  const rows = await readRows(client, reportedHoursQuery, { provider, report, ...span });
  return rows.map((row) => ({
    hour: row.hour_s * 1000,
    keyId: row.key_id,
    item: row.item,
    requests: row.requests,
    unitMillis: row.unit_millis,
    spendMicros: row.spend_micros,
    most: { requests: row.most_requests, unitMillis: row.most_unit_millis, spendMicros: row.most_spend_micros },
    revision: row.revision,
  }));
}

const unfinishedChangesQuery = defineQuery("pull/unfinished-changes", {
  params: { provider: z.string(), report: z.string() },
  row: {
    hour_s: z.number(),
    key_id: z.string(),
    item: z.string(),
    revision: z.number(),
    requests: z.number(),
    unit_millis: z.number(),
    spend_micros: z.number(),
    added_requests: z.number(),
    added_unit_millis: z.number(),
    added_spend_micros: z.number(),
    reported_ms: z.number(),
  },
});

/** Changes that were written since the last complete pull of a report. */
export async function readUnfinishedChanges(client: ClickHouseClient, name: ReportName): Promise<HourChange[]> {
  const { provider, report } = name;
  const rows = await readRows(client, unfinishedChangesQuery, { provider, report });
  return rows.map((row) => ({
    hour: row.hour_s * 1000,
    keyId: row.key_id,
    item: row.item,
    revision: row.revision,
    requests: row.requests,
    unitMillis: row.unit_millis,
    spendMicros: row.spend_micros,
    added: { requests: row.added_requests, unitMillis: row.added_unit_millis, spendMicros: row.added_spend_micros },
    reportedAt: row.reported_ms,
  }));
}

/**
 * Writes the changes of one revision of one day, once: whoever writes the same revision of the day again, with these or with others, changes nothing. After an
 * error some tables may have them and others not: write them again.
 */
export async function insertChanges(
  shards: readonly ClickHouseClient[],
  { provider, report }: ReportName,
  day: string,
  changes: readonly HourChange[],
): Promise<void> {
  const [first] = changes;
  if (first === undefined) return;
  const rows = changes.map((change) => ({
    provider,
    report,
    hour: change.hour / 1000,
    key_id: change.keyId,
    item: change.item,
    revision: change.revision,
    requests: change.requests,
    unit_millis: change.unitMillis,
    spend_micros: change.spendMicros,
    added_requests: change.added.requests,
    added_unit_millis: change.added.unitMillis,
    added_spend_micros: change.added.spendMicros,
    ...(change.reportedAt === undefined ? {} : { reported_at: new Date(change.reportedAt).toISOString() }),
  }));
  const token = `${provider}/${report}/${day}/${first.revision}`;
  for (const [index, shard] of shards.entries()) {
    const part = rows.filter(({ key_id: keyId }) => shardOf(keyId, shards.length) === index);
    await insertOnce(shard, "provider_reports", part, token);
  }
}

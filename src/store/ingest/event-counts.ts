import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, type RowOf } from "../clickhouse/define-query.js";
import { exactlyOnce } from "./insert-requests.js";

/** Events of one source that one run of serve acknowledged in an hour. */
export interface EventCount {
  /** Epoch ms of the hour's start. */
  readonly hour: number;
  readonly source: string;
  /** Which run of serve; no two have the same. */
  readonly process: string;
  readonly events: number;
}

/** How many were acknowledged by a moment. */
export interface AcceptedCount extends EventCount {
  /** When the last of them was committed, epoch ms of Redis's clock. */
  readonly countedAt: number;
}

/** Puts on file how many events were acknowledged until now; the largest number of each run, source and hour counts. */
export async function insertAcceptedEvents(client: ClickHouseClient, counts: readonly AcceptedCount[]): Promise<void> {
  if (counts.length === 0) return;
  const values = counts.map((one) => ({ ...rowOf(one), counted_at: new Date(one.countedAt).toISOString() }));
  await client.insert({ table: "accepted_events", values, format: "JSONEachRow" });
}

/** Puts on file that events are recorded, once under a token; written after their rows. */
export async function insertRecordedEvents(
  client: ClickHouseClient,
  counts: readonly EventCount[],
  token: string,
): Promise<void> {
  await client.insert({
    table: "recorded_events",
    values: counts.map(rowOf),
    format: "JSONEachRow",
    clickhouse_settings: exactlyOnce(token),
  });
}

const countRow = { hour_s: z.number(), source: z.string(), process: z.string(), events: z.number() };

const acceptedEventsQuery = defineQuery("ingest/accepted-events", {
  params: { from: z.number() },
  row: { ...countRow, counted_ms: z.number() },
});

/** What was acknowledged in hours from an instant on (epoch ms). */
export async function readAcceptedEvents(client: ClickHouseClient, from: number): Promise<AcceptedCount[]> {
  const params = { from: Math.floor(from / 1000) };
  const rows = await readRows(client, acceptedEventsQuery, params);
  return rows.map((row) => Object.assign(countOf(row), { countedAt: row.counted_ms }));
}

const recordedEventsQuery = defineQuery("ingest/recorded-events", {
  params: { from: z.number() },
  row: countRow,
});

/** What is recorded of hours from an instant on (epoch ms). */
export async function readRecordedEvents(client: ClickHouseClient, from: number): Promise<EventCount[]> {
  return (await readRows(client, recordedEventsQuery, { from: Math.floor(from / 1000) })).map(countOf);
}

function rowOf({ hour, source, process, events }: EventCount) {
  return { hour: Math.floor(hour / 1000), source, process, events };
}

function countOf({ hour_s, source, process, events }: RowOf<typeof recordedEventsQuery>): EventCount {
  return { hour: hour_s * 1000, source, process, events };
}

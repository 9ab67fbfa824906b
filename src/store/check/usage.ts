import type { ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import type { Subject } from "../../model/subject.js";

/** A sparse series: `at[i]` is the index (slot of five minutes, or minute) of `requests[i]`. */
export interface UsageSeries extends Subject {
  readonly at: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

/** The same with how many of the requests were served. */
export interface UsageMinutes extends UsageSeries {
  readonly served: readonly number[];
}

/** Seconds since the epoch, as queries take instants. */
const seconds = (ms: number) => Math.floor(ms / 1000);

interface SeriesRow {
  key_id: string;
  observed_by: ObservedBy;
  slots?: number[];
  minutes?: number[];
  requests: number[];
  spend_micros: number[];
}

const toSeries = (row: SeriesRow): UsageSeries => ({
  keyId: row.key_id,
  observedBy: row.observed_by,
  at: row.slots ?? row.minutes ?? [],
  requests: row.requests,
  spendMicros: row.spend_micros,
});

/** What some keys (none: every key) were served in the 576 slots of five minutes of a day and the day before it. */
export async function readUsageSlots(
  client: ClickHouseClient,
  dayStart: number,
  asOf: number | null,
  keys: readonly string[] = [],
): Promise<UsageSeries[]> {
  return (await readRows<SeriesRow>(client, "check/usage-slots", { hour: seconds(dayStart), keys }, asOf)).map(
    toSeries,
  );
}

/** Usage of some keys in the minutes of a span (epoch ms, half-open, whole quarters of an hour). */
export async function readUsageMinutes(
  client: ClickHouseClient,
  { from, until }: { readonly from: number; readonly until: number },
  keys: readonly string[],
  asOf: number | null,
): Promise<UsageMinutes[]> {
  if (keys.length === 0) return [];
  const params = { from: seconds(from), until: seconds(until), keys };
  const rows = await readRows<SeriesRow & { served: number[] }>(client, "check/usage-minutes-of-keys", params, asOf);
  return rows.map((row) => Object.assign(toSeries(row), { served: row.served }));
}

/** First request of each of some keys (none: of every key) that was seen before `until` (epoch ms). */
export async function readBirths(
  client: ClickHouseClient,
  until: number,
  asOf: number | null,
  keys: readonly string[] = [],
): Promise<(Subject & { readonly bornAt: number })[]> {
  const rows = await readRows<{ key_id: string; observed_by: ObservedBy; born_s: number }>(
    client,
    "check/key-births",
    { until: seconds(until), keys },
    asOf,
  );
  return rows.map((row) => ({ keyId: row.key_id, observedBy: row.observed_by, bornAt: row.born_s * 1000 }));
}

/** Which of some keys (none: of every key) were used before an instant (epoch ms) without a single address. */
export async function readUnplacedKeys(
  client: ClickHouseClient,
  until: number,
  keys: readonly string[],
  asOf: number | null,
): Promise<Subject[]> {
  type Row = { key_id: string; observed_by: ObservedBy };
  const rows = await readRows<Row>(client, "check/unplaced-keys", { until: seconds(until), keys }, asOf);
  return rows.map((row) => ({ keyId: row.key_id, observedBy: row.observed_by }));
}

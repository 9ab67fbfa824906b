import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { subjectKey, type Subject } from "../../model/subject.js";

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

const usageMinutesOfKeysQuery = defineQuery("check/usage-minutes-of-keys", {
  asOf: true,
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    minutes: z.array(z.number()),
    requests: z.array(z.number()),
    served: z.array(z.number()),
    spend_micros: z.array(z.number()),
  },
});

/** Usage of some keys in the minutes of a span (epoch ms, half-open, whole quarters of an hour). */
export async function readUsageMinutes(
  client: ClickHouseClient,
  { from, until }: { readonly from: number; readonly until: number },
  keys: readonly string[],
  asOf: number | null,
): Promise<UsageMinutes[]> {
  if (keys.length === 0) return [];
  const params = { from: seconds(from), until: seconds(until), keys };
  const rows = await readRows(client, usageMinutesOfKeysQuery, params, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    at: row.minutes,
    requests: row.requests,
    served: row.served,
    spendMicros: row.spend_micros,
  }));
}

const keyBirthsQuery = defineQuery("check/key-births", {
  asOf: true,
  params: { until: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), born_s: z.number() },
});

/** First request of each of some keys (none: of every key) that was seen before `until` (epoch ms). */
export async function readBirths(
  client: ClickHouseClient,
  until: number,
  asOf: number | null,
  keys: readonly string[] = [],
): Promise<(Subject & { readonly bornAt: number })[]> {
  const rows = await readRows(client, keyBirthsQuery, { until: seconds(until), keys }, asOf);
  return rows.map((row) => ({ keyId: row.key_id, observedBy: row.observed_by, bornAt: row.born_s * 1000 }));
}

/** When a key was used without a single address: from an instant on to its first address (Infinity: none came), epoch ms. */
export interface UnplacedUse extends Subject {
  readonly from: number;
  readonly until: number;
}

const unplacedKeysQuery = defineQuery("check/unplaced-keys", {
  asOf: true,
  params: { until: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), from_s: z.number(), placed_s: z.number() },
});

/** Which of some keys (none: of every key) were used without a single address for a time that began before an instant (epoch ms). */
export async function readUnplacedUses(
  client: ClickHouseClient,
  until: number,
  keys: readonly string[],
  asOf: number | null,
): Promise<UnplacedUse[]> {
  const rows = await readRows(client, unplacedKeysQuery, { until: seconds(until), keys }, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    from: row.from_s * 1000,
    until: row.placed_s === 0 ? Infinity : row.placed_s * 1000,
  }));
}

/** Names of the subjects that had been used by an instant (epoch ms), and not with an address. */
export function unplacedAt(uses: readonly UnplacedUse[], at: number): ReadonlySet<string> {
  return new Set(uses.filter(({ from, until }) => from < at && until >= at).map(subjectKey));
}

import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** One key's last 24 hours, as one kind of observer saw them. */
export interface FleetKey {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly requests: number;
  readonly spendMicros: number;
  readonly throttled: number;
}

const fleetDayQuery = defineQuery("view/fleet-day", {
  params: { now: z.date(), most: z.number() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    requests: z.number(),
    spend_micros: z.number(),
    throttled: z.number(),
  },
});

/** What keys did in the 24 hours before an instant (epoch ms), the dearest first; at most `most` of them. */
export async function readFleetDay(client: ClickHouseClient, now: number, most: number): Promise<FleetKey[]> {
  const rows = await readRows(client, fleetDayQuery, { now: new Date(now), most });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: row.requests,
    spendMicros: row.spend_micros,
    throttled: row.throttled,
  }));
}

/** A subject in the 24 hours before an instant; `requests` are those of the hours `at`, counted from the first. */
export interface FleetHours {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly at: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: number;
  readonly throttled: number;
}

const fleetHoursQuery = defineQuery("view/fleet-hours", {
  params: { now: z.date(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    at: z.array(z.number()),
    requests: z.array(z.number()),
    spend_micros: z.number(),
    throttled: z.number(),
  },
});

/** What some keys did in each of the 24 hours before an instant (epoch ms), the last one begun. */
export async function readFleetHours(
  client: ClickHouseClient,
  now: number,
  keys: readonly string[],
): Promise<FleetHours[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, fleetHoursQuery, { now: new Date(now), keys });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    at: row.at,
    requests: row.requests,
    spendMicros: row.spend_micros,
    throttled: row.throttled,
  }));
}

/** The busiest minute of a subject in 24 hours, in requests. */
export interface BusiestMinute {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly busiestMinute: number;
}

const busiestMinutesQuery = defineQuery("view/busiest-minutes", {
  params: { now: z.date(), keys: listOf(z.string()) },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), busiest_minute: z.number() },
});

/** The busiest minutes of some keys in the 24 hours before an instant (epoch ms). */
export async function readBusiestMinutes(
  client: ClickHouseClient,
  now: number,
  keys: readonly string[],
): Promise<BusiestMinute[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, busiestMinutesQuery, { now: new Date(now), keys });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    busiestMinute: row.busiest_minute,
  }));
}

/** What the newest finding about a key said is at risk until the next business morning; null where it said nothing of it. */
export interface KeyAtRisk {
  readonly keyId: string;
  readonly cause: string;
  readonly subject: string;
  readonly micros: number | null;
}

const atRiskQuery = defineQuery("view/at-risk", {
  params: { keys: listOf(z.string()), since: z.number() },
  row: { key_id: z.string(), cause: z.string(), subject: z.string(), at_risk_micros: z.number().nullable() },
});

/** What the newest findings since an instant (epoch ms) say is at risk of some keys, by cause and subject. */
export async function readAtRisk(
  client: ClickHouseClient,
  keys: readonly string[],
  since: number,
): Promise<KeyAtRisk[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, atRiskQuery, { keys, since: Math.floor(since / 1000) });
  return rows.map((row) => ({
    keyId: row.key_id,
    cause: row.cause,
    subject: row.subject,
    micros: row.at_risk_micros,
  }));
}

import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";

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

type HoursRow = RowOf<typeof fleetHoursQuery>;

/** What some keys did in each of the 24 hours before an instant (epoch ms), the last one begun. */
export async function readFleetHours(
  client: ClickHouseClient,
  now: number,
  keys: readonly string[],
): Promise<FleetHours[]> {
  if (keys.length === 0) return [];
  return (await readRows(client, fleetHoursQuery, { now: new Date(now), keys })).map(toHours);
}

const toHours = (row: HoursRow): FleetHours => ({
  keyId: row.key_id,
  observedBy: row.observed_by,
  at: row.at,
  requests: row.requests,
  spendMicros: row.spend_micros,
  throttled: row.throttled,
});

/** The same with the requests of the busiest minute of the 24 hours. */
export interface BusyHours extends FleetHours {
  readonly busiestMinute: number;
}

const fleetUseQuery = defineQuery("view/fleet-use", {
  params: { now: z.date(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    at: z.array(z.number()),
    requests: z.array(z.number()),
    spend_micros: z.number(),
    throttled: z.number(),
    busiest_minute: z.number(),
  },
});

/** What some keys did in each of the 24 hours before an instant (epoch ms), and in their busiest minute: from minutes alone. */
export async function readBusyHours(
  client: ClickHouseClient,
  now: number,
  keys: readonly string[],
): Promise<BusyHours[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, fleetUseQuery, { now: new Date(now), keys });
  return rows.map((row) => Object.assign(toHours(row), { busiestMinute: row.busiest_minute }));
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

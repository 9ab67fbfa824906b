import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** One key's last 24 hours, as one kind of observer saw them. */
export interface FleetKey {
  readonly keyId: string;
  readonly observedBy: string;
  readonly requests: number;
  readonly spendMicros: number;
  readonly throttled: number;
}

/** What keys did in the 24 hours before an instant (epoch ms), the dearest first; at most `most` of them. */
export async function readFleetDay(client: ClickHouseClient, now: number, most: number): Promise<FleetKey[]> {
  type Row = {
    key_id: string;
    observed_by: string;
    requests: string;
    spend_micros: string;
    throttled: string;
  };
  const rows = await readRows<Row>(client, "view/fleet-day", { now: new Date(now), most });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: Number(row.requests),
    spendMicros: Number(row.spend_micros),
    throttled: Number(row.throttled),
  }));
}

/** A subject in the 24 hours before an instant; `requests` are those of the hours `at`, counted from the first. */
export interface FleetHours {
  readonly keyId: string;
  readonly observedBy: string;
  readonly at: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: number;
  readonly throttled: number;
}

/** What some keys did in each of the 24 hours before an instant (epoch ms), the last one begun. */
export async function readFleetHours(
  client: ClickHouseClient,
  now: number,
  keys: readonly string[],
): Promise<FleetHours[]> {
  if (keys.length === 0) return [];
  type Row = {
    key_id: string;
    observed_by: string;
    at: number[];
    requests: number[];
    spend_micros: number;
    throttled: number;
  };
  const rows = await readRows<Row>(client, "view/fleet-hours", { now: new Date(now), keys });
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
  readonly observedBy: string;
  readonly busiestMinute: number;
}

/** The busiest minutes of some keys in the 24 hours before an instant (epoch ms). */
export async function readBusiestMinutes(
  client: ClickHouseClient,
  now: number,
  keys: readonly string[],
): Promise<BusiestMinute[]> {
  if (keys.length === 0) return [];
  type Row = { key_id: string; observed_by: string; busiest_minute: number };
  const rows = await readRows<Row>(client, "view/busiest-minutes", { now: new Date(now), keys });
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

/** What the newest findings since an instant (epoch ms) say is at risk of some keys, by cause and subject. */
export async function readAtRisk(
  client: ClickHouseClient,
  keys: readonly string[],
  since: number,
): Promise<KeyAtRisk[]> {
  if (keys.length === 0) return [];
  type Row = { key_id: string; cause: string; subject: string; at_risk_micros: number | null };
  const rows = await readRows<Row>(client, "view/at-risk", { keys, since: Math.floor(since / 1000) });
  return rows.map((row) => ({
    keyId: row.key_id,
    cause: row.cause,
    subject: row.subject,
    micros: row.at_risk_micros,
  }));
}

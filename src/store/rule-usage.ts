import type { ObservedBy } from "../model/request-event.js";
import { readRows, type ClickHouseClient } from "./clickhouse.js";
import { plainAddress } from "./evidence.js";
import type { Subject } from "./usage.js";

const QUARTER_S = 900;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** A stretch of time in whole minutes (epoch ms): summed from `from` to `till`, minute by minute from there to `to`. */
export interface Stretch {
  readonly from: number;
  readonly till: number;
  readonly to: number;
}

/** Usage in one stretch: the sum, and the minutes with traffic in order. */
export interface StretchUsage extends Subject {
  /** Position of the stretch in what was asked. */
  readonly stretch: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly series: readonly { readonly minute: number; readonly requests: number; readonly spendMicros: number }[];
}

/** Usage of some keys (`"all"`: every key) in some stretches, by stretch and key; stretches without traffic have no row. */
export async function readStretches(
  client: ClickHouseClient,
  keys: readonly string[] | "all",
  stretches: readonly Stretch[],
  asOf: number | null,
): Promise<StretchUsage[]> {
  if (keys.length === 0 || stretches.length === 0) return [];
  type Row = {
    stretch: number;
    key_id: string;
    observed_by: ObservedBy;
    sum_requests: number;
    sum_spend: number;
    series: [minute: number, requests: number, spend: number][];
  };
  const given = stretches.map(({ from, till, to }) => ({ from: from / 1000, till: till / 1000, to: to / 1000 }));
  const params = {
    keys: keys === "all" ? [] : keys,
    froms: given.map(({ from }) => from),
    tills: given.map(({ till }) => till),
    tos: given.map(({ to }) => to),
    blocks: [...new Set(given.flatMap(blocksOf))],
    days: [...new Set(given.flatMap(daysOf))],
  };
  const rows = await readRows<Row>(client, "usage-stretches", params, asOf);
  return rows.map((row) => ({
    stretch: row.stretch - 1,
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: row.sum_requests,
    spendMicros: row.sum_spend,
    series: row.series.map(([minute, requests, spendMicros]) => ({ minute: minute * 1000, requests, spendMicros })),
  }));
}

/** Quarters of an hour in which minute rows are needed: those of hours that the sum cuts, and those of the minutes asked for. */
function blocksOf({ from, till, to }: Stretch): number[] {
  const firstHour = Math.ceil(from / HOUR_S) * HOUR_S;
  const lastHour = Math.floor(till / HOUR_S) * HOUR_S;
  return lastHour <= firstHour
    ? steps(from, to, QUARTER_S)
    : [...steps(from, firstHour, QUARTER_S), ...steps(lastHour, to, QUARTER_S)];
}

function daysOf({ from, till }: Stretch): string[] {
  return steps(from, till, DAY_S).map((at) => new Date(at * 1000).toISOString().slice(0, 10));
}

/** Begins of the pieces of so many seconds that a half-open span touches. */
function steps(from: number, to: number, length: number): number[] {
  const first = Math.floor(from / length);
  return Array.from({ length: Math.max(0, Math.ceil(to / length) - first) }, (_, i) => (first + i) * length);
}

/** Requests of a key from one address, minute by minute (epoch ms). */
export interface SourceUse extends Subject {
  readonly address: string;
  readonly asn: number;
  readonly networkType: string;
  readonly minutes: readonly number[];
  /** Served ones. */
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

/** Requests with a revoked key; refused ones are those with 401 or 403. */
export interface RevokedUse extends SourceUse {
  readonly refused: readonly number[];
  /** Whether the key was used from this network before it was revoked. */
  readonly isKnown: boolean;
}

interface SourceRow {
  key_id: string;
  observed_by: ObservedBy;
  address: string;
  asn: number;
  network_type: string;
  minutes: number[];
  requests: number[];
  spend_micros: number[];
  refused: number[];
  is_known: number;
}

const seconds = (ms: number) => Math.floor(ms / 1000);
const toUse = (row: SourceRow): SourceUse => ({
  keyId: row.key_id,
  observedBy: row.observed_by,
  address: plainAddress(row.address),
  asn: row.asn,
  networkType: row.network_type,
  minutes: row.minutes.map((minute) => minute * 1000),
  requests: row.requests,
  spendMicros: row.spend_micros,
});

/** Requests that were served outside the allowed networks of keys, in a span of whole minutes (epoch ms, half-open). */
export async function readOutsideAllowed(
  client: ClickHouseClient,
  allowed: readonly { readonly keyId: string; readonly cidrs: readonly string[] }[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<SourceUse[]> {
  const keys = { keys: allowed.map(({ keyId }) => keyId), allowed: allowed.map(({ cidrs }) => cidrs) };
  const params = { ...keys, from: seconds(span.from), to: seconds(span.to) };
  return (await readRows<SourceRow>(client, "outside-allowed", params, asOf)).map(toUse);
}

/** Requests with keys after their revocation (epoch ms), in a span of whole minutes; the minute of the revocation does not count. */
export async function readRevokedUse(
  client: ClickHouseClient,
  revoked: readonly { readonly keyId: string; readonly revokedAt: number }[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<RevokedUse[]> {
  const keys = {
    keys: revoked.map(({ keyId }) => keyId),
    revoked: revoked.map((key) => Math.ceil(key.revokedAt / 1000)),
  };
  const params = { ...keys, from: seconds(span.from), to: seconds(span.to) };
  const rows = await readRows<SourceRow>(client, "revoked-use", params, asOf);
  return rows.map((row) => Object.assign(toUse(row), { refused: row.refused, isKnown: row.is_known === 1 }));
}

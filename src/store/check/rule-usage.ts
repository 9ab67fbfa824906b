import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { cutForParameters } from "../clickhouse/cut-for-parameters.js";
import { defineQuery, flag, listOf, type RowOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";
import { plainAddress } from "../clickhouse/plain-address.js";

const HOUR_MS = 3_600_000;

/** A stretch of time in whole minutes (epoch ms): summed from `from` to `till`, minute by minute from there to `to`. */
export interface Stretch {
  readonly from: number;
  readonly till: number;
  readonly to: number;
}

/** Usage in one stretch: the sum, and the minutes with traffic in order, of which one may come several times. */
export interface StretchUsage extends Subject {
  /** Position of the stretch in what was asked. */
  readonly stretch: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly series: readonly { readonly minute: number; readonly requests: number; readonly spendMicros: number }[];
}

/** Usage of some keys (`"all"`: every key) in some stretches; stretches without traffic have no row. One scan for each stretch. */
export async function readStretches(
  client: ClickHouseClient,
  keys: readonly string[] | "all",
  stretches: readonly Stretch[],
  asOf: number | null,
): Promise<StretchUsage[]> {
  if (keys.length === 0) return [];
  const listed = keys === "all" ? [] : keys;
  const usage: StretchUsage[][] = [];
  for (const [at, stretch] of stretches.entries()) {
    usage.push(await readStretch(client, { keys: listed, stretch, at }, asOf));
  }
  return usage.flat();
}

const usageStretchQuery = defineQuery("check/usage-stretch", {
  asOf: true,
  params: {
    till: z.number(),
    first_hour: z.number(),
    last_hour: z.number(),
    from: z.number(),
    to: z.number(),
    keys: listOf(z.string()),
  },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    sum_requests: z.number(),
    sum_spend: z.number(),
    series: z.array(z.tuple([z.number(), z.number(), z.number()])),
  },
});

async function readStretch(
  client: ClickHouseClient,
  { keys, stretch, at }: { readonly keys: readonly string[]; readonly stretch: Stretch; readonly at: number },
  asOf: number | null,
): Promise<StretchUsage[]> {
  const { from, till, to } = stretch;
  const firstHour = Math.ceil(from / HOUR_MS) * HOUR_MS;
  // Where no hour is whole, the minutes speak for all of it.
  const lastHour = Math.max(firstHour, Math.floor(till / HOUR_MS) * HOUR_MS);
  const hours =
    lastHour === firstHour
      ? { first_hour: seconds(to), last_hour: seconds(to) }
      : { first_hour: seconds(firstHour), last_hour: seconds(lastHour) };
  const params = { keys, from: seconds(from), till: seconds(till), to: seconds(to), ...hours };
  const rows = await readRows(client, usageStretchQuery, params, asOf);
  return rows.map((row) => ({
    stretch: at,
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: row.sum_requests,
    spendMicros: row.sum_spend,
    series: row.series.map(([minute, requests, spendMicros]) => ({ minute: minute * 1000, requests, spendMicros })),
  }));
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

const sourceRow = {
  key_id: z.string(),
  observed_by: z.enum(OBSERVERS),
  address: z.string(),
  asn: z.number(),
  network_type: z.string(),
  minutes: z.array(z.number()),
  requests: z.array(z.number()),
  spend_micros: z.array(z.number()),
};
const givenNetworks = { keys: listOf(z.string()), allowed: listOf(listOf(z.string())) };
const keysOutsideQuery = defineQuery("check/keys-outside-allowed", {
  asOf: true,
  params: { from: z.number(), ...givenNetworks },
  row: { key_id: z.string() },
});
const outsideAllowedQuery = defineQuery("check/outside-allowed", {
  asOf: true,
  params: { from: z.number(), to: z.number(), ...givenNetworks },
  row: sourceRow,
});
const revokedUseQuery = defineQuery("check/revoked-use", {
  asOf: true,
  params: { from: z.number(), to: z.number(), keys: listOf(z.string()), revoked: listOf(z.number()) },
  row: { ...sourceRow, is_known: flag, refused: z.array(z.number()) },
});

const seconds = (ms: number) => Math.floor(ms / 1000);
const secondsOf = ({ from, to }: { readonly from: number; readonly to: number }) => ({
  from: seconds(from),
  to: seconds(to),
});
const toUse = (row: RowOf<typeof outsideAllowedQuery>): SourceUse => ({
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
  const rows: RowOf<typeof outsideAllowedQuery>[][] = [];
  for (const chunk of cutForParameters(allowed, ({ keyId, cidrs }) => [keyId, ...cidrs])) {
    const { from, to } = secondsOf(span);
    const networksOf = (some: typeof chunk) => ({
      keys: some.map(({ keyId }) => keyId),
      allowed: some.map(({ cidrs }) => cidrs),
    });
    const outside = await readRows(client, keysOutsideQuery, { from, ...networksOf(chunk) }, asOf);
    const isOutside = new Set(outside.map((row) => row.key_id));
    const used = networksOf(chunk.filter(({ keyId }) => isOutside.has(keyId)));
    if (outside.length > 0) rows.push(await readRows(client, outsideAllowedQuery, { from, to, ...used }, asOf));
  }
  return rows.flat().map(toUse);
}

/** Requests with keys after their revocation (epoch ms), in a span of whole minutes; the minute of the revocation does not count. */
export async function readRevokedUse(
  client: ClickHouseClient,
  revoked: readonly { readonly keyId: string; readonly revokedAt: number }[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<RevokedUse[]> {
  const rows: RowOf<typeof revokedUseQuery>[][] = [];
  for (const chunk of cutForParameters(revoked, ({ keyId }) => [keyId])) {
    const since = chunk.map(({ revokedAt }) => Math.ceil(revokedAt / 1000));
    const params = { keys: chunk.map(({ keyId }) => keyId), revoked: since };
    rows.push(await readRows(client, revokedUseQuery, { ...secondsOf(span), ...params }, asOf));
  }
  return rows.flat().map((row) => Object.assign(toUse(row), { refused: row.refused, isKnown: row.is_known === 1 }));
}

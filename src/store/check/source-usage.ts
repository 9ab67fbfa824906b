import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { Subject } from "../../model/subject.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { cutForParameters } from "../clickhouse/cut-for-parameters.js";
import { defineQuery, flag, listOf, type RowOf } from "../clickhouse/define-query.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** The networks (CIDR) that a key may be used from. */
export interface AllowedNetworks {
  readonly keyId: string;
  readonly cidrs: readonly string[];
}

const networksOf = (allowed: readonly AllowedNetworks[]) => ({
  keys: allowed.map(({ keyId }) => keyId),
  allowed: allowed.map(({ cidrs }) => cidrs),
});

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

/** Those of some keys that were served from outside their allowed networks at an instant (epoch ms) or later. */
export async function readKeysOutsideAllowed(
  client: ClickHouseClient,
  allowed: readonly AllowedNetworks[],
  from: number,
  asOf: number | null,
): Promise<string[]> {
  const keys: string[] = [];
  for (const chunk of cutForParameters(allowed, ({ keyId, cidrs }) => [keyId, ...cidrs])) {
    const rows = await readRows(client, keysOutsideQuery, { from: seconds(from), ...networksOf(chunk) }, asOf);
    keys.push(...rows.map((row) => row.key_id));
  }
  return keys;
}

/** Requests that were served outside the allowed networks of keys, in a span of whole minutes (epoch ms, half-open): of nearly all keys there are none. */
export async function readOutsideAllowed(
  client: ClickHouseClient,
  allowed: readonly AllowedNetworks[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<SourceUse[]> {
  const isOutside = new Set(await readKeysOutsideAllowed(client, allowed, span.from, asOf));
  const outside = allowed.filter(({ keyId }) => isOutside.has(keyId));
  return readUsesOutside(client, outside, span, asOf);
}

/** The same of keys that most probably have some. */
export async function readUsesOutside(
  client: ClickHouseClient,
  outside: readonly AllowedNetworks[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<SourceUse[]> {
  const rows: RowOf<typeof outsideAllowedQuery>[][] = [];
  for (const chunk of cutForParameters(outside, ({ keyId, cidrs }) => [keyId, ...cidrs])) {
    rows.push(await readRows(client, outsideAllowedQuery, { ...secondsOf(span), ...networksOf(chunk) }, asOf));
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

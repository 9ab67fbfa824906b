import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import type { WantedNetwork } from "../../model/network/wanted-network.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { Span } from "./key-history.js";

/** One key as one kind of observer saw it used from a network; instants are epoch ms, whole hours but `servedSince`. */
export interface NetworkKey {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly addresses: number;
  readonly requests: number;
  /** Of these: with 401, 403 or 429. */
  readonly refused: number;
  readonly spendMicros: number;
  readonly asn: number;
  readonly networkType: string;
  /** Since when it was ever served from there; null: it never was. */
  readonly servedSince: number | null;
}

const network = { asn: z.number(), address: z.string(), bits: z.number() };
/** All addresses: what an autonomous system is asked with. */
const ANYWHERE = { address: "::", bits: 0 };

/** What queries about a network are asked with. */
export function networkParams(wanted: WantedNetwork) {
  if (wanted.kind === "asn") return { ...ANYWHERE, asn: wanted.asn };
  return { asn: 0, address: wanted.address, bits: wanted.bits };
}

const networkKeysQuery = defineQuery("view/network-keys", {
  params: { ...network, from: z.date(), to: z.date(), most: z.number() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    first_s: z.number(),
    last_s: z.number(),
    addresses: z.number(),
    requests: z.number(),
    refused: z.number(),
    spend_micros: z.number(),
    asn: z.number(),
    network_type: z.string(),
    keys: z.number(),
  },
});

const networkServedQuery = defineQuery("view/network-served", {
  params: { ...network, keys: listOf(z.string()) },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), served_s: z.number() },
});

/** Keys that were used from a network in a span, those used last first, at most `most`; and how many there are in all. */
export async function readNetworkKeys(
  client: ClickHouseClient,
  wanted: WantedNetwork,
  { from, to }: Span,
  most: number,
): Promise<{ readonly keys: readonly NetworkKey[]; readonly total: number }> {
  const params = { ...networkParams(wanted), from: new Date(from), to: new Date(to), most };
  const rows = await readRows(client, networkKeysQuery, params);
  const keyIds = [...new Set(rows.map((row) => row.key_id))];
  const served =
    rows.length === 0 ? [] : await readRows(client, networkServedQuery, { ...networkParams(wanted), keys: keyIds });
  const servedOf = new Map(served.map((row) => [`${row.observed_by} ${row.key_id}`, row.served_s * 1000]));
  const keys = rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    firstAt: row.first_s * 1000,
    lastAt: row.last_s * 1000,
    addresses: row.addresses,
    requests: row.requests,
    refused: row.refused,
    spendMicros: row.spend_micros,
    asn: row.asn,
    networkType: row.network_type,
    servedSince: servedOf.get(`${row.observed_by} ${row.key_id}`) ?? null,
  }));
  return { keys, total: rows[0]?.keys ?? 0 };
}

/** The busiest routes of a key from a network, as one kind of observer saw them. */
export interface NetworkRoutes {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly routes: readonly string[];
}

const networkRoutesQuery = defineQuery("view/network-routes", {
  params: { ...network, keys: listOf(z.string()), from: z.date(), to: z.date() },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), routes: z.array(z.string()) },
});

/** What some keys were used for from a network in a span (epoch ms), from raw rows. */
export async function readNetworkRoutes(
  client: ClickHouseClient,
  wanted: WantedNetwork,
  keys: readonly string[],
  { from, to }: Span,
): Promise<NetworkRoutes[]> {
  if (keys.length === 0) return [];
  const params = { ...networkParams(wanted), keys, from: new Date(from), to: new Date(to) };
  const rows = await readRows(client, networkRoutesQuery, params);
  return rows.map((row) => ({ keyId: row.key_id, observedBy: row.observed_by, routes: row.routes }));
}

const namesOfNetworksQuery = defineQuery("view/names-of-networks", {
  params: { asns: listOf(z.number()) },
  row: { asn: z.number(), network_name: z.string() },
});

/** Who runs some autonomous systems, by number. */
export async function readNamesOfNetworks(
  client: ClickHouseClient,
  asns: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (asns.length === 0) return new Map();
  const rows = await readRows(client, namesOfNetworksQuery, { asns });
  return new Map(rows.map((row) => [row.asn, row.network_name]));
}

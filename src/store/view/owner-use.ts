import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { Span } from "./key-history.js";

/** What one kind of observer saw of a key in one network; instants are epoch ms, whole hours. */
export interface OwnerNetwork {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly asn: number;
  readonly networkType: string;
  /** Empty where nobody knows it. */
  readonly networkName: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly addresses: number;
  readonly requests: number;
  /** Of these: with 401, 403 or 429. */
  readonly refused: number;
  readonly spendMicros: number;
}

const ownerNetworksQuery = defineQuery("view/owner-networks", {
  params: { keys: listOf(z.string()), from: z.date(), to: z.date() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    asn: z.number(),
    network_type: z.string(),
    network_name: z.string(),
    first_s: z.number(),
    last_s: z.number(),
    addresses: z.number(),
    requests: z.number(),
    refused: z.number(),
    spend_micros: z.number(),
  },
});

/** From where some keys, by all their ids, were used in a span (epoch ms), the busiest first: one query, whatever their number. */
export async function readOwnerNetworks(
  client: ClickHouseClient,
  keys: readonly string[],
  { from, to }: Span,
): Promise<OwnerNetwork[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, ownerNetworksQuery, { keys, from: new Date(from), to: new Date(to) });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    asn: row.asn,
    networkType: row.network_type,
    networkName: row.network_name,
    firstAt: row.first_s * 1000,
    lastAt: row.last_s * 1000,
    addresses: row.addresses,
    requests: row.requests,
    refused: row.refused,
    spendMicros: row.spend_micros,
  }));
}

/** What some keys of an owner, or all of them in one network, were used for, as the one saw it that saw most of a key; instants are epoch ms, whole hours. */
interface UsedSum {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  /** Of these: with 401, 403 or 429. */
  readonly refused: number;
  readonly spendMicros: number;
}

/** How much one key was used, and who saw most of it. */
export interface OwnerKeySum extends UsedSum {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
}

/** How much the keys of an owner were used in one network. */
export interface OwnerNetworkSum extends UsedSum {
  readonly asn: number;
  readonly networkType: string;
  /** How many of them. */
  readonly keys: number;
  /** The busiest five of these. */
  readonly busiest: readonly string[];
}

const ownerUseQuery = defineQuery("view/owner-use", {
  params: {
    keys: listOf(z.string()),
    former: listOf(z.string()),
    present: listOf(z.string()),
    first: listOf(z.string()),
    from: z.date(),
    to: z.date(),
    most: z.number(),
  },
  row: {
    is_network: z.boolean(),
    asn: z.number(),
    network_type: z.string(),
    key_id: z.string(),
    first_s: z.number(),
    last_s: z.number(),
    requests: z.number(),
    refused: z.number(),
    spend_micros: z.number(),
    observed_by: z.enum(OBSERVERS),
    keys: z.number(),
    busiest: z.array(z.string()),
  },
});

/** Which keys an owner has: all their ids, which of those are former ones, and of which present ids (one for one). */
export interface OwnedKeys {
  readonly keys: readonly string[];
  readonly former: readonly string[];
  readonly present: readonly string[];
}

/** How much an owner's keys were used in a span (epoch ms), by present ids: `first` and then the busiest, `most` in all, and all networks. One query, whatever their number. */
export async function readOwnerUse(
  client: ClickHouseClient,
  owned: OwnedKeys,
  { from, to }: Span,
  first: readonly string[],
  most: number,
): Promise<{ readonly keys: readonly OwnerKeySum[]; readonly networks: readonly OwnerNetworkSum[] }> {
  if (owned.keys.length === 0) return { keys: [], networks: [] };
  const params = { ...owned, first, from: new Date(from), to: new Date(to), most };
  const [keys, networks]: [OwnerKeySum[], OwnerNetworkSum[]] = [[], []];
  for (const row of await readRows(client, ownerUseQuery, params)) {
    const sum = {
      firstAt: row.first_s * 1000,
      lastAt: row.last_s * 1000,
      requests: row.requests,
      refused: row.refused,
      spendMicros: row.spend_micros,
    };
    if (row.is_network)
      networks.push({ ...sum, asn: row.asn, networkType: row.network_type, keys: row.keys, busiest: row.busiest });
    else keys.push({ ...sum, keyId: row.key_id, observedBy: row.observed_by });
  }
  return { keys, networks };
}

/** Keys besides some that were used from an autonomous system of theirs. */
export interface NetworkSharers {
  readonly asn: number;
  /** How many there are in all, and of these at an address of theirs. */
  readonly keys: number;
  readonly keysAtAddresses: number;
  /** The first of them, those at the same addresses first, then those that were used last. */
  readonly named: readonly { readonly keyId: string; readonly sharedAddresses: number }[];
}

const networkSharersQuery = defineQuery("view/network-sharers", {
  params: {
    keys: listOf(z.string()),
    asns: listOf(z.number()),
    from: z.date(),
    to: z.date(),
    most: z.number(),
  },
  row: {
    asn: z.number(),
    keys: z.number(),
    keys_at_addresses: z.number(),
    key_ids: z.array(z.string()),
    addresses: z.array(z.number()),
  },
});

const hasSharersQuery = defineQuery("view/has-sharers", {
  params: { keys: listOf(z.string()), asns: listOf(z.number()), from: z.date(), to: z.date() },
  row: { found: z.number() },
});

/** Which other keys were used from some autonomous systems in a span (epoch ms); of each system at most `most` by name. */
export async function readNetworkSharers(
  client: ClickHouseClient,
  { keys, asns }: { readonly keys: readonly string[]; readonly asns: readonly number[] },
  { from, to }: Span,
  most: number,
): Promise<NetworkSharers[]> {
  if (keys.length === 0 || asns.length === 0) return [];
  const params = { keys, asns, from: new Date(from), to: new Date(to) };
  // Whose addresses are whose is a second look at all rows: where there are no others it is not taken.
  if ((await readRows(client, hasSharersQuery, params)).length === 0) return [];
  const rows = await readRows(client, networkSharersQuery, { ...params, most });
  return rows.map((row) => ({
    asn: row.asn,
    keys: row.keys,
    keysAtAddresses: row.keys_at_addresses,
    named: row.key_ids.map((keyId, i) => ({ keyId, sharedAddresses: row.addresses[i]! })),
  }));
}

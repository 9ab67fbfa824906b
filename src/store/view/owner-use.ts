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

/** Which other keys were used from some autonomous systems in a span (epoch ms); of each system at most `most` by name. */
export async function readNetworkSharers(
  client: ClickHouseClient,
  { keys, asns }: { readonly keys: readonly string[]; readonly asns: readonly number[] },
  { from, to }: Span,
  most: number,
): Promise<NetworkSharers[]> {
  if (keys.length === 0 || asns.length === 0) return [];
  const params = { keys, asns, from: new Date(from), to: new Date(to), most };
  const rows = await readRows(client, networkSharersQuery, params);
  return rows.map((row) => ({
    asn: row.asn,
    keys: row.keys,
    keysAtAddresses: row.keys_at_addresses,
    named: row.key_ids.map((keyId, i) => ({ keyId, sharedAddresses: row.addresses[i]! })),
  }));
}

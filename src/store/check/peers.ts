import { z } from "zod";
import { PEER_KINDS, type PeerKind } from "../../model/key/founding.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** The registry as of an instant (epoch ms), as far as recorded by another. */
interface RegistryAt {
  readonly at: number;
  readonly visible: number;
}

const seconds = (ms: number) => Math.floor(ms / 1000);
const registryOf = ({ at, visible }: RegistryAt) => ({ registry_at: new Date(at), visible: new Date(visible) });
const registryParams = { registry_at: z.date(), visible: z.date() };

/** Keys that a new key is compared with. */
export interface Peers {
  readonly kind: PeerKind;
  /** Of the owner, service or provider; empty for the fleet. */
  readonly name: string;
}

/** A key and when (epoch ms) it was first used. */
export interface BornKey {
  readonly keyId: string;
  readonly bornAt: number;
}

/** Whom a key is compared with; null: there is nobody yet. And since when (epoch ms) anybody has used any key; 0: nobody has. */
export interface PeersOfKey extends BornKey {
  readonly peers: Peers | null;
  readonly fleetSince: number;
}

const peersOfKeysQuery = defineQuery("check/peers-of-keys", {
  asOf: true,
  params: { keys: listOf(z.string()), births: listOf(z.number()), ...registryParams },
  row: {
    key_id: z.string(),
    born_s: z.number(),
    kind: z.enum(["", ...PEER_KINDS]),
    name: z.string(),
    fleet_s: z.number(),
  },
});

/** Whom keys are compared with. */
export async function readPeersOfKeys(
  client: ClickHouseClient,
  keys: readonly BornKey[],
  registry: RegistryAt,
  asOf: number | null,
): Promise<PeersOfKey[]> {
  if (keys.length === 0) return [];
  const births = keys.map(({ bornAt }) => seconds(bornAt));
  const params = { keys: keys.map(({ keyId }) => keyId), births, ...registryOf(registry) };
  const rows = await readRows(client, peersOfKeysQuery, params, asOf);
  return rows.map(({ key_id, born_s, kind, name, fleet_s }) => ({
    keyId: key_id,
    bornAt: born_s * 1000,
    peers: kind === "" ? null : { kind, name },
    fleetSince: fleet_s * 1000,
  }));
}

const peerPlacesQuery = defineQuery("check/peer-places", {
  asOf: true,
  params: {
    kinds: listOf(z.string()),
    names: listOf(z.string()),
    addresses: listOf(z.string()),
    systems: listOf(z.string()),
    held_keys: listOf(z.string()),
    held_days: listOf(z.number()),
    ...registryParams,
  },
  row: { kind: z.string(), name: z.string(), level: z.string(), place: z.string(), known_s: z.number() },
});

/** What is asked about: whose keys, and which addresses and autonomous systems, as ClickHouse prints them. */
export interface PlacesRequest {
  readonly peers: readonly Peers[];
  readonly addresses: readonly string[];
  readonly systems: readonly string[];
  readonly held: { readonly keys: readonly string[]; readonly days: readonly number[] };
  readonly registry: RegistryAt;
}

/** Since when (epoch ms) peers know a place, Infinity where they do not: an address (`ip`), a network by its first address, an autonomous system. */
export type KnownToPeers = (peers: Peers, level: "ip" | "net24" | "net16" | "asn", place: string) => number;

/** What peers know of some addresses, their networks and systems: one scan for all of them. */
export async function readPeerPlaces(
  client: ClickHouseClient,
  { peers, addresses, systems, held, registry }: PlacesRequest,
  asOf: number | null,
): Promise<KnownToPeers> {
  const params = {
    kinds: peers.map(({ kind }) => kind),
    names: peers.map(({ name }) => name),
    addresses,
    systems,
    // A lookup in empty arrays is an error.
    held_keys: held.keys.length === 0 ? [""] : held.keys,
    held_days: held.keys.length === 0 ? [0] : held.days,
    ...registryOf(registry),
  };
  const rows = addresses.length + systems.length === 0 ? [] : await readRows(client, peerPlacesQuery, params, asOf);
  const nameOf = (kind: string, name: string, level: string, place: string) => `${kind} ${level} ${place} ${name}`;
  const known = new Map(rows.map((row) => [nameOf(row.kind, row.name, row.level, row.place), row.known_s * 1000]));
  return ({ kind, name }, level, place) => known.get(nameOf(kind, name, level, place)) ?? Infinity;
}

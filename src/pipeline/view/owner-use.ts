import type { Incident } from "../../model/incident/incident.js";
import { presentIds, withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import type { KeyState } from "../../model/key/key-state.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { NetworkSharers, OwnerNetwork, OwnerNetworkSum } from "../../store/view/owner-use.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";
import { readKnownIncidents } from "../incident/read-incidents.js";
import { keysOfIncident, readFormerIdsOf, readGoingOn, readKeyStandings } from "./key-states.js";
import { readUnknownShares } from "./unknown-usage.js";

/** So far back use is read: as on the page of a key. */
export const OWNER_DAYS = 28;
/** Keys of others that are named of each network. */
const MOST_SHARERS = 20;
const LOOK_BACK_MS = 30 * DAY_MS;

/** One key of an owner, as the one saw it that saw most of it. */
export interface OwnerKey {
  readonly keyId: string;
  readonly key: KeyVersion;
  readonly state: KeyState;
  readonly isRevoked: boolean;
  /** Start of the hour of its last use (epoch ms); null where it was not used. */
  readonly lastAt: number | null;
  readonly requests: number;
  readonly spendMicros: number;
  /** Requests from networks that findings blame on it. */
  readonly unknownRequests: number;
  readonly open: readonly Incident[];
}

/** One network that keys of an owner were used from, and the keys of others that were, too. */
export interface OwnerNetworkUse {
  readonly asn: number;
  readonly networkName: string;
  readonly networkType: string;
  /** The owner's, the busiest five of them, and how many there are in all. */
  readonly keyIds: readonly string[];
  readonly keys: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly refused: number;
  /** Keys of others; none where the autonomous system is not known. */
  readonly sharers: Omit<NetworkSharers, "asn">;
}

/** What depends on an owner, and what of it others share. */
export interface OwnerUse {
  readonly owner: string;
  readonly since: number;
  /** All its keys in the registry. */
  readonly own: readonly KeyVersion[];
  /** Those that were asked for, those with open incidents first, then the busiest. */
  readonly keys: readonly OwnerKey[];
  /** Open incidents of any of its keys. */
  readonly open: readonly Incident[];
  readonly networks: readonly OwnerNetworkUse[];
  readonly registry: ReadonlyMap<string, KeyVersion>;
}

const NOBODY = { keys: 0, keysAtAddresses: 0, named: [] };

/** Reads what an owner's keys are and were used from in the four weeks before an instant (epoch ms), `most` of the keys; null where the registry names no such owner. As many queries for one key as for all. */
export async function readOwnerUse(store: Store, owner: string, now: number, most: number): Promise<OwnerUse | null> {
  const owned = await readOwned(store, owner, now);
  if (owned === null) return null;
  const { registry, own, formerIds, span, ids } = owned;
  const incidents = (await readKnownIncidents(store, now - LOOK_BACK_MS)).map(({ incident }) => incident);
  const openOf = openByKey(incidents, presentIds(formerIds));
  const suspects = own.filter(({ keyId }) => openOf.has(keyId)).map(({ keyId }) => keyId);
  const pairs = own.flatMap(({ keyId }) => (formerIds.get(keyId) ?? []).map((former) => [former, keyId] as const));
  const asked = { keys: ids, former: pairs.map(([former]) => former), present: pairs.map(([, present]) => present) };
  const [goOn, found] = await Promise.all([
    readGoingOn(store, incidents, now),
    store.view.readOwnerUse(asked, span, suspects, Math.min(most + suspects.length, own.length)),
  ]);
  const usedOf = new Map(found.keys.map((one) => [one.keyId, one]));
  const openCount = ({ keyId }: KeyVersion) => openOf.get(keyId)?.length ?? 0;
  const requestsOf = ({ keyId }: KeyVersion) => usedOf.get(keyId)?.requests ?? 0;
  const shown = own.toSorted((a, b) => openCount(b) - openCount(a) || requestsOf(b) - requestsOf(a)).slice(0, most);
  const shownIds = shown.map(({ keyId }) => keyId);
  const asns = [...new Set(found.networks.map(({ asn }) => asn))].filter((asn) => asn > 0);
  const [standings, unknown, sharers, names] = await Promise.all([
    readKeyStandings(store, shownIds, { incidents, goOn }, registry, now, formerIds),
    readUnknownShares(store, shownIds, formerIds, span, incidents),
    store.view.readNetworkSharers({ keys: ids, asns }, span, MOST_SHARERS),
    store.view.readNamesOfNetworks(asns),
  ]);
  const unknownOf = new Map(unknown.map(({ keyId, observedBy, hours }) => [`${observedBy} ${keyId}`, sum(hours)]));
  const toKey = (key: KeyVersion): OwnerKey => {
    const used = usedOf.get(key.keyId);
    return {
      keyId: key.keyId,
      key,
      state: standings.get(key.keyId)?.state ?? "no_baseline",
      isRevoked: key.revokedAt !== null && key.revokedAt <= now,
      lastAt: used?.lastAt ?? null,
      requests: used?.requests ?? 0,
      spendMicros: used?.spendMicros ?? 0,
      unknownRequests: used === undefined ? 0 : (unknownOf.get(`${used.observedBy} ${key.keyId}`) ?? 0),
      open: openOf.get(key.keyId) ?? [],
    };
  };
  const open = [...new Set(suspects.flatMap((keyId) => openOf.get(keyId) ?? []))];
  const networks = networksOf(found.networks, names, sharers);
  return { owner, since: span.from, own, keys: shown.map(toKey), open, networks, registry };
}

/** From where each key of an owner was used in the four weeks before an instant (epoch ms), by present ids; null where the registry names no such owner. */
export async function readOwnerNetworks(store: Store, owner: string, now: number): Promise<OwnerNetwork[] | null> {
  const owned = await readOwned(store, owner, now);
  return owned === null ? null : mostSeen(await store.view.readOwnerNetworks(owned.ids, owned.span), owned.formerIds);
}

async function readOwned(store: Store, owner: string, now: number) {
  const registry = await store.registry.readKeys(now, await store.readClock());
  const own = [...registry.values()].filter((key) => key.owner === owner && key.keyId !== "*");
  if (owner === "" || own.length === 0) return null;
  const keyIds = own.map(({ keyId }) => keyId);
  const formerIds = await readFormerIdsOf(store, keyIds);
  const span = { from: Math.floor(now / HOUR_MS) * HOUR_MS - OWNER_DAYS * DAY_MS, to: now };
  return { registry, own, formerIds, span, ids: withFormerIds(formerIds, keyIds) };
}

/** Open incidents by the present ids of the keys that they name. */
function openByKey(
  incidents: readonly Incident[],
  presentId: (keyId: string) => string,
): ReadonlyMap<string, readonly Incident[]> {
  const open = new Map<string, Incident[]>();
  for (const incident of incidents)
    if (incident.open)
      for (const keyId of new Set(keysOfIncident(incident).map(presentId)))
        open.set(keyId, [...(open.get(keyId) ?? []), incident]);
  return open;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Of each key, by its present id, what the one saw that saw most: what several saw is never summed. */
function mostSeen(found: readonly OwnerNetwork[], formerIds: FormerIds): OwnerNetwork[] {
  const presentId = presentIds(formerIds);
  const seen = new Map<string, Map<string, number>>();
  for (const { keyId, observedBy, requests } of found) {
    const own = seen.get(presentId(keyId)) ?? new Map<string, number>();
    seen.set(presentId(keyId), own.set(observedBy, (own.get(observedBy) ?? 0) + requests));
  }
  const most = new Map([...seen].map(([id, own]) => [id, [...own].toSorted((a, b) => b[1] - a[1])[0]![0]]));
  return found
    .map((one) => ({ ...one, keyId: presentId(one.keyId) }))
    .filter((one) => most.get(one.keyId) === one.observedBy);
}

/** Shared networks first, those with keys of others at the same addresses at their head; then the busiest. */
function networksOf(
  used: readonly OwnerNetworkSum[],
  names: ReadonlyMap<number, string>,
  sharers: readonly NetworkSharers[],
): OwnerNetworkUse[] {
  const sharersOf = new Map(sharers.map((one) => [one.asn, one]));
  return used
    .map(({ busiest, ...one }) => ({
      ...one,
      keyIds: busiest,
      networkName: names.get(one.asn) ?? "",
      sharers: (one.asn > 0 ? sharersOf.get(one.asn) : undefined) ?? NOBODY,
    }))
    .toSorted(
      (a, b) =>
        b.sharers.keysAtAddresses - a.sharers.keysAtAddresses ||
        Number(b.sharers.keys > 0) - Number(a.sharers.keys > 0) ||
        b.requests - a.requests,
    );
}

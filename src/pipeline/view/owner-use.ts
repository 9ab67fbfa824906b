import { groupBy } from "../../model/group-by.js";
import type { Incident } from "../../model/incident/incident.js";
import { presentIds, withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import type { KeyState } from "../../model/key/key-state.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { NetworkSharers, OwnerNetwork } from "../../store/view/owner-use.js";
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
  /** The owner's, the busiest first. */
  readonly keyIds: readonly string[];
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
  readonly keys: readonly OwnerKey[];
  readonly networks: readonly OwnerNetworkUse[];
  /** A row for each key and network, by present ids. */
  readonly uses: readonly OwnerNetwork[];
  readonly registry: ReadonlyMap<string, KeyVersion>;
}

const NOBODY = { keys: 0, keysAtAddresses: 0, named: [] };

/** Reads what an owner's keys are and were used from in the four weeks before an instant (epoch ms); null where the registry names no such owner. As many queries for one key as for all. */
export async function readOwnerUse(store: Store, owner: string, now: number): Promise<OwnerUse | null> {
  const registry = await store.registry.readKeys(now, await store.readClock());
  const own = [...registry.values()].filter((key) => key.owner === owner && key.keyId !== "*");
  if (owner === "" || own.length === 0) return null;
  const keyIds = own.map(({ keyId }) => keyId);
  const span = { from: Math.floor(now / HOUR_MS) * HOUR_MS - OWNER_DAYS * DAY_MS, to: now };
  const [formerIds, known] = await Promise.all([
    readFormerIdsOf(store, keyIds),
    readKnownIncidents(store, now - LOOK_BACK_MS),
  ]);
  const ids = withFormerIds(formerIds, keyIds);
  const incidents = known.map(({ incident }) => incident);
  const [goOn, found, unknown] = await Promise.all([
    readGoingOn(store, incidents, now),
    store.view.readOwnerNetworks(ids, span),
    readUnknownShares(store, keyIds, formerIds, span, incidents),
  ]);
  const asns = [...new Set(found.map(({ asn }) => asn))].filter((asn) => asn > 0);
  const [standings, sharers] = await Promise.all([
    readKeyStandings(store, keyIds, { incidents, goOn }, registry, now, formerIds),
    store.view.readNetworkSharers({ keys: ids, asns }, span, MOST_SHARERS),
  ]);
  const uses = mostSeen(found, formerIds);
  const usesOf = groupBy(uses, ({ keyId }) => keyId);
  const unknownOf = new Map(unknown.map(({ keyId, observedBy, hours }) => [`${observedBy} ${keyId}`, sum(hours)]));
  const openOf = groupBy(
    incidents
      .filter((one) => one.open)
      .flatMap((incident) => keysOfIncident(incident).map((keyId) => ({ keyId, incident }))),
    ({ keyId }) => keyId,
  );
  const toKey = (key: KeyVersion): OwnerKey => {
    const used = usesOf.get(key.keyId) ?? [];
    const open = withFormerIds(formerIds, [key.keyId]).flatMap((id) => openOf.get(id) ?? []);
    return {
      keyId: key.keyId,
      key,
      state: standings.get(key.keyId)?.state ?? "no_baseline",
      isRevoked: key.revokedAt !== null && key.revokedAt <= now,
      lastAt: used.length === 0 ? null : Math.max(...used.map(({ lastAt }) => lastAt)),
      requests: sum(used.map(({ requests }) => requests)),
      spendMicros: sum(used.map(({ spendMicros }) => spendMicros)),
      unknownRequests: used[0] === undefined ? 0 : (unknownOf.get(`${used[0].observedBy} ${key.keyId}`) ?? 0),
      open: [...new Set(open.map(({ incident }) => incident))],
    };
  };
  const keys = own.map(toKey).toSorted((a, b) => b.open.length - a.open.length || b.requests - a.requests);
  return { owner, since: span.from, keys, networks: networksOf(uses, sharers), uses, registry };
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
function networksOf(uses: readonly OwnerNetwork[], sharers: readonly NetworkSharers[]): OwnerNetworkUse[] {
  const groups = groupBy(uses, ({ asn, networkType }) => `${asn} ${networkType}`);
  const sharersOf = new Map(sharers.map((one) => [one.asn, one]));
  const networks = [...groups.values()].map((group): OwnerNetworkUse => {
    const [{ asn, networkName, networkType }] = group as [OwnerNetwork];
    return {
      asn,
      networkName,
      networkType,
      keyIds: [...new Set(group.toSorted((a, b) => b.requests - a.requests).map(({ keyId }) => keyId))],
      firstAt: group.reduce((least, { firstAt }) => Math.min(least, firstAt), Infinity),
      lastAt: group.reduce((most, { lastAt }) => Math.max(most, lastAt), 0),
      requests: sum(group.map(({ requests }) => requests)),
      refused: sum(group.map(({ refused }) => refused)),
      sharers: (asn > 0 ? sharersOf.get(asn) : undefined) ?? NOBODY,
    };
  });
  return networks.toSorted(
    (a, b) =>
      b.sharers.keysAtAddresses - a.sharers.keysAtAddresses ||
      Number(b.sharers.keys > 0) - Number(a.sharers.keys > 0) ||
      b.requests - a.requests,
  );
}

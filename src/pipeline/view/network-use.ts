import { presentIds } from "../../model/key/former-ids.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { WantedNetwork } from "../../model/network/wanted-network.js";
import type { NetworkEver } from "../../store/view/network-ever.js";
import type { NetworkKey } from "../../store/view/network-keys.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";

/** So far back roll-ups are read. */
export const NETWORK_DAYS = 70;
export const MOST_NETWORK_KEYS = 200;
/** Raw rows are read of so many keys, those that were used last, and of the day before the last use: of all of them they could be billions. */
const KEYS_WITH_ROUTES = 50;
const ROUTES_MS = DAY_MS;
/** What a key was first served from more lately than this is new to it, as on the key's own page. */
const NEW_MS = 7 * DAY_MS;

/** How a network stands to a key: served from it for a week or more, for less, or never. */
export type NetworkStanding = "known" | "new" | "never served";

/** One key that was used from a network. */
export interface NetworkUser extends NetworkKey {
  readonly key: KeyVersion | null;
  readonly standing: NetworkStanding;
  /** Null where its raw rows were not read. */
  readonly routes: readonly string[] | null;
}

/** Who used a network. */
export interface NetworkUse {
  readonly wanted: WantedNetwork;
  /** Autonomous systems that its addresses were in, with their names, empty where unknown, and types. */
  readonly systems: readonly { readonly asn: number; readonly name: string; readonly type: string }[];
  readonly users: readonly NetworkUser[];
  /** How many there are in all, shown or not. */
  readonly total: number;
  readonly since: number;
  /** Who was ever served from it, however long ago. */
  readonly ever: NetworkEver;
}

/** Reads which keys used a network in the ten weeks before an instant (epoch ms): three queries, whatever the number of keys. */
export async function readNetworkUse(
  store: Pick<Store, "readClock" | "registry" | "view">,
  wanted: WantedNetwork,
  now: number,
): Promise<NetworkUse> {
  const since = now - NETWORK_DAYS * DAY_MS;
  const [{ keys, total }, ever, registry, formerIds] = await Promise.all([
    store.view.readNetworkKeys(wanted, { from: since, to: now }, MOST_NETWORK_KEYS),
    store.view.readNetworkEver(wanted, MOST_NETWORK_KEYS),
    store.readClock().then((visible) => store.registry.readKeys(now, visible)),
    store.registry.readFormerIds("all"),
  ]);
  const asns = [...new Set([...(wanted.kind === "asn" ? [wanted.asn] : []), ...keys.map(({ asn }) => asn)])];
  // Its last hour is known, not the minute.
  const last = Math.min(now, Math.max(0, ...keys.map(({ lastAt }) => lastAt)) + HOUR_MS);
  const asked = [...new Set(keys.map(({ keyId }) => keyId))].slice(0, KEYS_WITH_ROUTES);
  const [names, routes] = await Promise.all([
    store.view.readNamesOfNetworks(asns.filter((asn) => asn > 0)),
    store.view.readNetworkRoutes(wanted, asked, { from: last - ROUTES_MS, to: last }),
  ]);
  const presentId = presentIds(formerIds);
  const nameOf = ({ keyId, observedBy }: Pick<NetworkKey, "keyId" | "observedBy">) => `${observedBy} ${keyId}`;
  const routesOf = new Map(routes.map((one) => [nameOf(one), one.routes]));
  const toUser = (one: NetworkKey): NetworkUser => ({
    ...one,
    keyId: presentId(one.keyId),
    key: registry.get(presentId(one.keyId)) ?? null,
    standing: standingOf(one, now),
    // What was used before those rows is in none of them.
    routes: asked.includes(one.keyId) && one.lastAt >= last - ROUTES_MS ? (routesOf.get(nameOf(one)) ?? []) : null,
  });
  return {
    wanted,
    systems: asns.map((asn) => ({
      asn,
      name: names.get(asn) ?? "",
      type: keys.find((one) => one.asn === asn)?.networkType ?? "",
    })),
    users: keys.map(toUser),
    total,
    since,
    ever: {
      ...ever,
      keys: ever.keys.map(({ keyId, firstAt, lastAt }) => ({ keyId: presentId(keyId), firstAt, lastAt })),
    },
  };
}

function standingOf({ servedSince }: NetworkKey, now: number): NetworkStanding {
  if (servedSince === null) return "never served";
  return servedSince > now - NEW_MS ? "new" : "known";
}

import type { KeyVersion } from "../../model/key/key.js";
import { parseWantedNetwork, type WantedNetwork } from "../../model/network/wanted-network.js";
import type { FoundIncident, NamedNetwork } from "../../store/view/search.js";
import type { Store } from "../../store/store.js";
import { pastedKeys } from "../../text/secret/pasted-keys.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { matchKeys, matchNames } from "./match-keys.js";

/** Longer than any id and any raw key. */
const LONGEST_QUERY = 512;
/** Of shorter parts of names there are too many. */
const SHORTEST_NAME_PART = 3;
/** So many of the keys that were found are asked for their incidents. */
const KEYS_WITH_INCIDENTS = 5;

/** What is found of a text. Nothing of it repeats the text: each is on record. */
export interface Found {
  readonly keys: readonly { readonly keyId: string; readonly key: KeyVersion | null }[];
  readonly owners: readonly string[];
  readonly services: readonly string[];
  readonly networks: readonly NamedNetwork[];
  readonly incidents: readonly FoundIncident[];
}

/**
 * What a search comes to. A raw key is never looked for by its text: `raw key` says which key it is, `secret` that it has the shape of one and is that of
 * no key. `exact` is one thing itself; whoever looks for it wants to be there.
 */
export type SearchAnswer =
  | { readonly kind: "nothing asked" | "too long" | "secret" }
  | { readonly kind: "raw key"; readonly keyId: string; readonly key: KeyVersion | null }
  | { readonly kind: "exact key" | "exact incident"; readonly id: string; readonly found: Found }
  | { readonly kind: "exact network"; readonly network: WantedNetwork; readonly found: Found }
  | { readonly kind: "found"; readonly found: Found };

export interface SearchDeps {
  readonly store: Pick<Store, "readClock" | "registry" | "view">;
  /** The id under which a raw key is known or would be; null without a pepper. */
  readonly nameRawKey: (rawKey: string) => string | null;
}

/** Looks for a text among keys, owners, services, networks and incidents at an instant (epoch ms): at most `most` of each. */
export async function searchFor(deps: SearchDeps, given: string, at: number, most: number): Promise<SearchAnswer> {
  const text = given.trim();
  if (text === "") return { kind: "nothing asked" };
  if (text.length > LONGEST_QUERY) return { kind: looksLikeSecret(text) ? "secret" : "too long" };
  const { store } = deps;
  const registry = await store.registry.readKeys(at, await store.readClock());
  const known = registry.has(text);
  const rawNames = known ? [] : pastedKeys(text).flatMap((raw) => deps.nameRawKey(raw) ?? []);
  const registered = rawNames.find((name) => registry.has(name));
  if (registered !== undefined) return { kind: "raw key", keyId: registered, key: registry.get(registered)! };
  const isSecret = !known && looksLikeSecret(text);
  // What may be a secret is asked of the database by its fingerprint alone.
  const used = await store.view.searchUsedKeys(isSecret ? NO_ID : text, rawNames, most);
  const met = rawNames.find((name) => name !== text && used.includes(name));
  if (met !== undefined) return { kind: "raw key", keyId: met, key: null };
  if (isSecret) return { kind: "secret" };
  const matched = matchKeys(registry, text, most);
  const keyIds = [...new Set([...matched.map(({ keyId }) => keyId), ...used])].slice(0, most);
  const [networks, incidents] = await Promise.all([
    text.length < SHORTEST_NAME_PART ? [] : store.view.searchNetworks(text, most),
    store.view.searchIncidents(text, keyIds.slice(0, KEYS_WITH_INCIDENTS), most),
  ]);
  const found: Found = {
    keys: keyIds.map((keyId) => ({ keyId, key: registry.get(keyId) ?? null })),
    owners: matchNames(registry, "owner", text, most),
    services: matchNames(registry, "service", text, most),
    networks,
    incidents,
  };
  if (known || used.includes(text)) return { kind: "exact key", id: text, found };
  if (incidents.some(({ incidentId }) => incidentId === text)) return { kind: "exact incident", id: text, found };
  const network = parseWantedNetwork(text);
  return network === null ? { kind: "found", found } : { kind: "exact network", network, found };
}

/** No id begins so. */
const NO_ID = "\0";

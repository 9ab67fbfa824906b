import { isIn, type Blamed, type UnknownKind } from "../../contain/split-sources.js";
import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Incident } from "../../model/incident/incident.js";
import { parsePrefix } from "../../model/network/address.js";
import type { WatchedKey } from "../../store/contain/key-traffic.js";
import type { Store } from "../../store/store.js";
import { readNewestFinding } from "../incident/expect-incident.js";
import { DAY_MS } from "../../time/day.js";
import { wholeFinding } from "../incident/whole-finding.js";
import { readKeySources } from "../sources/read-key-sources.js";

/** A key under an incident: by every id that it has, and whom the incident blames by now. */
export interface ContainedKey {
  readonly watched: WatchedKey;
  readonly blamed: Blamed;
  readonly newest: Finding | null;
}

/** Reads whom an incident about one key blames, as of an instant (epoch ms), since its first onset; `found` is its newest finding where that is known. */
export async function readContainedKey(
  store: Store,
  incident: Incident,
  keyId: string,
  at: number,
  found?: Finding | null,
): Promise<ContainedKey> {
  const newest = found === undefined ? await readNewestFinding(store, incident, at) : found;
  const [finding, keyIds, unknown] = await Promise.all([
    newest === null ? null : wholeFinding(store, incident, newest),
    store.registry.readIdsOfKey(keyId),
    incident.cause === "leak" ? readUnknown(store, keyId, incident.onsetAt, at) : null,
  ]);
  return {
    watched: { keyIds: [...new Set([keyId, ...keyIds])], observedBy: finding?.observedBy ?? "gateway" },
    blamed: {
      cause: incident.cause,
      networks: finding === null ? null : blamedSources(finding).networks,
      unknown,
      onsetAt: incident.onsetAt,
    },
    newest,
  };
}

/**
 * The unknown sources of a key under suspicion since an instant (epoch ms), as an investigation names them. Who was there before is denied by nobody unless a
 * person names them, also outside the allowed networks: more likely the registry is behind.
 */
async function readUnknown(store: Store, keyId: string, onset: number, at: number): Promise<Blamed["unknown"]> {
  const asked = { keyId, from: Math.min(onset, at) - DAY_MS, to: at, onset };
  const { placed } = await readKeySources(store, asked);
  const kindOf = (standing: string): UnknownKind => (standing === "first use" ? "first use" : "new");
  return new Map(
    placed.sources
      .filter(({ isUnknownSource, isNewcomer }) => isUnknownSource && isNewcomer)
      .map(({ address, standing }) => [address, kindOf(standing)]),
  );
}

/**
 * Addresses within some blocks (CIDR) at which a key was served before a leak began; none where the incident is of something else. One that was new to the
 * key by then is no owner's: somebody tried the key.
 */
export async function readKnownBefore(
  store: Store,
  { watched, blamed }: Pick<ContainedKey, "watched" | "blamed">,
  networks: readonly string[],
): Promise<readonly string[]> {
  if (blamed.cause !== "leak") return [];
  const served = await store.contain.readKnownWithin(watched, networks, blamed.onsetAt);
  return served.filter((address) => blamed.unknown?.get(address) !== "new");
}

/** A key for whom no person looks at its sources: unknown are only those that the findings blame, and at which it was never served before the onset. */
export async function asBlamed(store: Store, key: ContainedKey): Promise<ContainedKey> {
  const { watched, blamed } = key;
  if (blamed.unknown === null) return key;
  const networks = blamed.networks ?? [];
  const served = new Set(await store.contain.readKnownWithin(watched, networks, blamed.onsetAt));
  const blocks = networks.flatMap((network) => parsePrefix(network) ?? []);
  const unknown = [...blamed.unknown].filter(([address]) => isIn(address, blocks) && !served.has(address));
  return { ...key, blamed: { ...blamed, unknown: new Map(unknown) } };
}

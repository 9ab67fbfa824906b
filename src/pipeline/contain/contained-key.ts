import { isIn, type Blamed, type UnknownKind } from "../../contain/split-sources.js";
import { sourcesOutside } from "../../incident/is-suppressed.js";
import { subjectOf } from "../../model/finding/finding-subject.js";
import { holdingAt, type SuppressionRevision } from "../../model/incident/suppression.js";
import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Incident } from "../../model/incident/incident.js";
import { parsePrefix } from "../../model/network/address.js";
import type { WatchedKey } from "../../store/contain/key-traffic.js";
import type { Store } from "../../store/store.js";
import { readNewestFinding } from "../incident/expect-incident.js";
import { DAY_MS } from "../../time/day.js";
import { wholeFinding } from "../incident/whole-finding.js";
import type { PlacedSource } from "../sources/place-sources.js";
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
  const [finding, keyIds, unknown, suppressions] = await Promise.all([
    newest === null ? null : wholeFinding(store, incident, newest),
    store.registry.readIdsOfKey(keyId),
    incident.cause === "leak" ? readUnknown(store, keyId, incident.onsetAt, at) : null,
    store.incident.readSuppressionRevisions(at),
  ]);
  const isSame = (one: SuppressionRevision) =>
    one.cause === incident.cause && subjectOf(one) === subjectOf({ keyId, subject: incident.subject });
  const expected = holdingAt(suppressions, at).filter(isSame);
  return {
    watched: { keyIds: [...new Set([keyId, ...keyIds])], observedBy: finding?.observedBy ?? "gateway" },
    blamed: {
      cause: incident.cause,
      networks: finding === null ? null : blamedBeside(finding, expected),
      unknown,
      onsetAt: incident.onsetAt,
    },
    newest,
  };
}

/** Whom a finding blames beside those whom people expect; null where not all can be named. */
function blamedBeside(finding: Finding, expected: readonly SuppressionRevision[]): readonly string[] | null {
  const { networks } = blamedSources(finding);
  if (networks === null || expected.length === 0) return networks;
  return sourcesOutside(
    finding,
    expected.flatMap((one) => one.networks),
  );
}

/** The unknown sources of a key under suspicion since an instant (epoch ms), as an investigation names them. */
async function readUnknown(store: Store, keyId: string, onset: number, at: number): Promise<Blamed["unknown"]> {
  const asked = { keyId, from: Math.min(onset, at) - DAY_MS, to: at, onset };
  const { placed } = await readKeySources(store, asked);
  const kindOf = ({ standing, isNewcomer }: PlacedSource): UnknownKind => {
    if (!isNewcomer) return "outside allowed";
    return standing === "first use" ? "first use" : "new";
  };
  return new Map(
    placed.sources.filter(({ isUnknownSource }) => isUnknownSource).map((source) => [source.address, kindOf(source)]),
  );
}

/** Incidents that began with somebody who was not there before. */
const BEGAN_WITH_SOMEBODY: ReadonlySet<Incident["cause"]> = new Set(["leak", "outside_allowed"]);

/**
 * Addresses within some blocks (CIDR) at which a key was served before an incident began; none where it began with nobody. One that was new to the
 * key by then is no owner's: somebody tried the key.
 */
export async function readKnownBefore(
  store: Store,
  { watched, blamed }: Pick<ContainedKey, "watched" | "blamed">,
  networks: readonly string[],
): Promise<readonly string[]> {
  if (!BEGAN_WITH_SOMEBODY.has(blamed.cause)) return [];
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

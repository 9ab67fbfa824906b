import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import type { ViewStore } from "../../store/view/view-store.js";
import { DAY_MS } from "../../time/day.js";

/** How long what a key meets founds it, and how much older than it the keys of its owner must be that it is compared with. */
const FOUNDING_DAYS = 2;
const PEER_DAYS = 9;

/** A key whose first two days are not over: until when (epoch ms; null: it was not served yet), and what the networks it meets are compared with. */
export interface KeyFounding {
  readonly until: number | null;
  readonly comparedWith: "allowed_networks" | "owner_keys" | "nothing";
}

/** The founding of a key at an instant (epoch ms) by the registry of then; null when it is over. */
export async function readKeyFounding(
  store: { readonly view: Pick<ViewStore, "readFamilyBirths"> },
  keyId: string,
  registry: ReadonlyMap<string, KeyVersion>,
  now: number,
): Promise<KeyFounding | null> {
  const key = registry.get(keyId);
  const own = withElders(lineagesOf(registry), [keyId]);
  const owner = key?.owner ?? "";
  const peers = [...registry.values()].filter((one) => owner !== "" && one.owner === owner && !own.includes(one.keyId));
  const ids = peers.map((one) => one.keyId);
  const { bornAt, peersSince } = await store.view.readFamilyBirths(own, ids);
  const until = bornAt === null ? null : bornAt + FOUNDING_DAYS * DAY_MS;
  if (until !== null && until <= now) return null;
  const hasPeers = peersSince !== null && peersSince <= (bornAt ?? now) - PEER_DAYS * DAY_MS;
  const isConfined = (key?.allowedCidrs.length ?? 0) > 0;
  return { until, comparedWith: isConfined ? "allowed_networks" : hasPeers ? "owner_keys" : "nothing" };
}

const COMPARED = {
  allowed_networks: "only its allowed networks count as its own; any other is judged from the first minute",
  owner_keys:
    "hosting and cloud networks that its owner's other keys do not use are judged from the first minute; an attacker on an internet provider, in an office or in a network that is not in the table cannot be distinguished from its owner",
  nothing:
    "nothing to compare with: every network counts as its own, and an attacker who uses it now cannot be distinguished from its owner",
} as const;

/** One sentence on it, or none when it is over. */
export function foundingText(founding: KeyFounding | null): string | null {
  if (founding === null) return null;
  const { until, comparedWith } = founding;
  const end =
    until === null ? "48 hours from its first request" : `until ${new Date(until).toISOString().slice(0, 16)}Z`;
  return `${end}: ${COMPARED[comparedWith]}`;
}

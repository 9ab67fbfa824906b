import { PEERS_TEXTS } from "../../detect/first-days-text.js";
import { FOUNDING_MS, type FirstDays, type PeerKind } from "../../model/key/founding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import type { CheckStore } from "../../store/check/check-store.js";
import type { ViewStore } from "../../store/view/view-store.js";
import { minuteText } from "../../text/clock-text.js";
import { DAY_MS } from "../../time/day.js";

/** From this age of a fleet on a new key is compared with it (sql/queries/check/peers-of-keys.sql). */
const FLEET_DAYS = 14;

/** A key whose first two days are not over: until when (epoch ms; null: it was not served yet), and what the networks it meets are compared with. */
export interface KeyFounding {
  readonly until: number | null;
  readonly comparedWith: "allowed_networks" | `${PeerKind}_keys` | "nothing" | "nothing_counts";
  /** Epoch ms from which keys that begin are compared with others; null where it is, or no key was ever used. */
  readonly comparedFrom: number | null;
  /** How what is new to it is judged until then; null: all that it meets counts as its own, or it is confined. */
  readonly firstDays: FirstDays | null;
}

/** The founding of a key at an instant (epoch ms) by the registry of then, as far as recorded by `visible`; null when it is over. */
export async function readKeyFounding(
  store: {
    readonly view: Pick<ViewStore, "readFamilyBirth">;
    readonly check: Pick<CheckStore, "readPeersOfKeys">;
  },
  keyId: string,
  registry: ReadonlyMap<string, KeyVersion>,
  now: number,
  visible = now,
): Promise<KeyFounding | null> {
  const key = registry.get(keyId);
  const bornAt = await store.view.readFamilyBirth(withElders(lineagesOf(registry), [keyId]));
  const begin = bornAt ?? now;
  const end = begin + FOUNDING_MS;
  if (end <= now) return null;
  const until = bornAt === null ? null : end;
  const [found] = await store.check.readPeersOfKeys([{ keyId, bornAt: begin }], { at: now, visible }, null);
  const { peers, fleetSince } = found ?? { peers: null, fleetSince: 0 };
  const isOld = fleetSince > 0 && fleetSince <= begin - FLEET_DAYS * DAY_MS;
  const none = { until, comparedFrom: null, firstDays: null };
  if (isOld && (key?.createdAt ?? Infinity) <= begin - FOUNDING_MS)
    return { ...none, comparedWith: "nothing_counts", firstDays: { until: end, kind: "dormant", peers: null } };
  if ((key?.allowedCidrs.length ?? 0) > 0) return { ...none, comparedWith: "allowed_networks" };
  if (peers === null)
    return {
      ...none,
      comparedWith: "nothing",
      comparedFrom: fleetSince === 0 ? null : fleetSince + FLEET_DAYS * DAY_MS,
    };
  const firstDays = { until: end, kind: "new", peers: peers.kind } as const;
  return { ...none, comparedWith: `${peers.kind}_keys`, firstDays };
}

/** One sentence on it, or none when it is over. */
export function foundingText(founding: KeyFounding | null): string | null {
  if (founding === null) return null;
  const { until } = founding;
  const end = until === null ? "48 hours from its first request" : `until ${minuteText(until)}`;
  return `${end}: ${comparedText(founding)}`;
}

function comparedText({ comparedWith, comparedFrom, firstDays }: KeyFounding): string {
  if (comparedWith === "allowed_networks") {
    return "only its allowed networks count as its own; any other is judged from the first minute";
  }
  if (comparedWith === "nothing_counts") {
    return "it was created more than 48 hours before its first use, so no network counts as its own: each is judged from the first minute";
  }
  const peers = firstDays?.peers ?? null;
  if (peers !== null) {
    return `compared with ${PEERS_TEXTS[peers]}: what these have not used for a week is judged from the first minute, by the first days of new keys; an attacker in a network that they use cannot be distinguished from its owner`;
  }
  const from = comparedFrom === null ? "any key has been used for two weeks" : minuteText(comparedFrom);
  return `nothing to compare with until ${from}: every network counts as its own, and an attacker who uses it now cannot be distinguished from its owner`;
}

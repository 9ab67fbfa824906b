import { FOUNDING_MS, type FirstDays, type PeerKind } from "../../../src/model/key/founding.js";

/** What of a key's first 48 hours founds it: all of it, what its peers know, or nothing (docs/detection.md, 2). */
export type Beginning =
  | { readonly kind: "all" }
  | { readonly kind: "dormant" }
  | { readonly kind: "new"; readonly peers: PeerKind; readonly know: (place: string) => boolean };

/** Of keys that a fleet begins with. */
export const ALL_FOUNDS: Beginning = { kind: "all" };

/** Whether a place (`as/<n>`, a network, an address) a route (`route/<path>`) or a client (`client/<family>`) of the first 48 hours founds the key. */
export function foundsKey(beginning: Beginning, value: string): boolean {
  if (beginning.kind === "all") return true;
  return beginning.kind === "new" && (/^(route|client)\//.test(value) || beginning.know(value));
}

/** How its first days are judged. */
export function firstDaysOf(beginning: Beginning, bornAt: number): FirstDays | null {
  if (beginning.kind === "all") return null;
  const peers = beginning.kind === "new" ? beginning.peers : null;
  return { until: bornAt + FOUNDING_MS, kind: beginning.kind, peers };
}

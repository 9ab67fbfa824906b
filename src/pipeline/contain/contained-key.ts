import type { Blamed } from "../../contain/split-sources.js";
import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Incident } from "../../model/incident/incident.js";
import type { WatchedKey } from "../../store/contain/key-traffic.js";
import type { Store } from "../../store/store.js";
import { readNewestFinding } from "../incident/expect-incident.js";
import { wholeFinding } from "../incident/whole-finding.js";

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
  const [finding, keyIds] = await Promise.all([
    newest === null ? null : wholeFinding(store, incident, newest),
    store.registry.readIdsOfKey(keyId),
  ]);
  return {
    watched: { keyIds: [...new Set([keyId, ...keyIds])], observedBy: finding?.observedBy ?? "gateway" },
    blamed: {
      cause: incident.cause,
      networks: finding === null ? null : blamedSources(finding).networks,
      onsetAt: incident.onsetAt,
    },
    newest,
  };
}

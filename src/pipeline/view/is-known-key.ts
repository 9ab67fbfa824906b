import type { Store } from "../../store/store.js";
import { readKeyAt } from "../registry/list-keys.js";

const ALL_TIME = { since: 0, until: (2 ** 32 - 1) * 1000 };
const ANY = { causes: [], severities: [], ...ALL_TIME };

/** True where an id means something at an instant (epoch ms): a key that is registered, was, or was seen in traffic, or what findings or incidents are about. */
export async function isKnownKey(store: Store, keyId: string, at: number): Promise<boolean> {
  const { registry, view } = store;
  const [key, present, unregistered] = await Promise.all([
    readKeyAt(store, keyId, at),
    registry.readPresentId(keyId),
    registry.readUnregisteredKey(keyId),
  ]);
  if (key !== null || present !== keyId || unregistered !== null) return true;
  const [findings, incidents] = await Promise.all([
    view.readFindingsPage({ keyIds: [keyId], ...ANY }, null, 1),
    view.readIncidentsPage({ keyIds: [keyId], states: [], ...ANY }, null, 1),
  ]);
  return findings.length + incidents.length > 0;
}

import type { Store } from "../../store/store.js";

const ALL_TIME = { since: 0, until: (2 ** 32 - 1) * 1000 };
const ANY = { causes: [], severities: [], ...ALL_TIME };

/** True where an id means something: a key that is registered, was, or was seen in traffic, or what findings or incidents are about. */
export async function isKnownKey({ registry, view }: Store, keyId: string): Promise<boolean> {
  const [versions, present, unregistered] = await Promise.all([
    registry.readKeyVersions([keyId]),
    registry.readPresentId(keyId),
    registry.readUnregisteredKey(keyId),
  ]);
  if (versions.length > 0 || present !== keyId || unregistered !== null) return true;
  const [findings, incidents] = await Promise.all([
    view.readFindingsPage({ keyIds: [keyId], ...ANY }, null, 1),
    view.readIncidentsOfKey([keyId], 1),
  ]);
  return findings.length + incidents.length > 0;
}

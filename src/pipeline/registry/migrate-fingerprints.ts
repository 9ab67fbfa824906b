import { createHash } from "node:crypto";
import type { KeyVersion } from "../../model/key/key.js";
import { groupBy } from "../../model/group-by.js";
import { groupByKey, versionAt } from "../../model/key/plan-keys.js";
import type { MetKey } from "../../store/registry/key-fingerprints.js";
import type { RegistryStore } from "../../store/registry/registry-store.js";

/** What carrying asks of the store. */
export type FingerprintStore = {
  readonly registry: Pick<RegistryStore, "readKeyVersions" | "insertKeys" | "readMetKeys" | "insertMetKeys">;
};

/**
 * Makes keys that were met under a new pepper known under it for ever; `now` is epoch ms. A registered key's version that counts, and
 * those that will, get the fingerprint by a version of the same beginning that differs in nothing else, so that no verdict changes and a
 * change made meanwhile, which begins later, still counts. Repeating it changes nothing.
 */
export async function carryFingerprints(
  store: FingerprintStore,
  pepper: string,
  met: readonly MetKey[],
  now: number,
): Promise<void> {
  const prints = groupBy(met, ({ keyId }) => keyId);
  const known = groupByKey(await store.registry.readKeyVersions([...prints.keys()]));
  const versions = [...prints].flatMap(([keyId, ofKey]) =>
    withFingerprints(
      known.get(keyId) ?? [],
      ofKey.map(({ fingerprint }) => fingerprint),
      now,
    ),
  );
  // The counts keep a return to an earlier state from looking like a repeat of it.
  const token = createHash("sha256")
    .update(JSON.stringify([versions, ...[...known.values()].map(({ length }) => length)]))
    .digest("hex");
  await store.registry.insertKeys(versions, `pepper ${token}`, "", "pepper_rotation");
  const onFile = await store.registry.readMetKeys(met.map(({ fingerprint }) => fingerprint));
  const isOnFile = new Set(onFile.map(nameOf));
  await store.registry.insertMetKeys(
    met.filter((one) => !isOnFile.has(nameOf(one))),
    pepper,
  );
}

function withFingerprints(history: readonly KeyVersion[], prints: readonly string[], now: number): KeyVersion[] {
  // Of two versions of one beginning the last counts.
  const counting = [...new Map(history.map((version) => [version.validFrom, version])).values()];
  const current = versionAt(counting, now);
  return counting.flatMap((version) => {
    const fresh = prints.filter((print) => !version.fingerprints.includes(print));
    if (fresh.length === 0 || (version !== current && version.validFrom <= now)) return [];
    return [{ ...version, fingerprints: [...fresh, ...version.fingerprints] }];
  });
}

const nameOf = ({ fingerprint, keyId }: MetKey) => `${fingerprint} ${keyId}`;

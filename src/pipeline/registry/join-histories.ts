import { unknownKeyId } from "../../model/key/key-fingerprint.js";
import type { ParsedKey } from "../../model/key/parse-key.js";
import type { CheckStore } from "../../store/check/check-store.js";
import type { RegistryStore } from "../../store/registry/registry-store.js";

/** What joining asks of the store. */
export type SeenStore = {
  readonly check: Pick<CheckStore, "readBirths">;
  readonly registry: Pick<RegistryStore, "readKeyAliases">;
};

/** Every instant that can be on file. */
const EVER = 2 ** 32 * 1000 - 1;

/**
 * Entries of keys whose raw key was used before anybody registered it, as successors of the name that their requests had until then: they inherit
 * what these taught. Who says what a key replaces is not contradicted.
 */
export async function joinHistories(store: SeenStore, entries: readonly ParsedKey[]): Promise<ParsedKey[]> {
  const open = entries.filter(({ key }) => key.replaces === "" && key.fingerprints.length > 0);
  if (open.length === 0) return [...entries];
  const aliases = await store.registry.readKeyAliases();
  const namesOf = ({ key }: ParsedKey): string[] =>
    key.fingerprints.flatMap((print) => [aliases.get(print) ?? [], unknownKeyId(print)].flat());
  const births = await store.check.readBirths(EVER, null, open.flatMap(namesOf));
  const seen = new Set(births.map(({ keyId }) => keyId));
  if (seen.size === 0) return [...entries];
  return entries.map((entry) => {
    const former = entry.key.replaces === "" ? namesOf(entry).find((name) => seen.has(name)) : undefined;
    return former === undefined ? entry : { ...entry, key: { ...entry.key, replaces: former } };
  });
}

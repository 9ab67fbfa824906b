import type { KeyVersion } from "./key.js";

/** The keys that a key succeeds by `replaces`, the nearest first; a key that succeeds none is not in it. */
export type Lineages = ReadonlyMap<string, readonly string[]>;

/** A year of monthly rotations and some more: what is older is no longer inherited. */
const MOST_GENERATIONS = 16;

type Registry = ReadonlyMap<string, Pick<KeyVersion, "keyId" | "replaces">>;

/** Each registry's, worked out once: every view of a key asks for them. */
const known = new WeakMap<Registry, Lineages>();

/** What every key of a registry, as of an instant, succeeds. A circle ends where it closes. The registry is not to be changed afterwards. */
export function lineagesOf(keys: Registry): Lineages {
  const before = known.get(keys);
  if (before !== undefined) return before;
  const lineages = followAll(keys);
  known.set(keys, lineages);
  return lineages;
}

function followAll(keys: Registry): Lineages {
  const lineages = new Map<string, readonly string[]>();
  for (const { keyId } of keys.values()) {
    const elders: string[] = [];
    for (let id = keys.get(keyId)?.replaces ?? ""; id !== ""; id = keys.get(id)?.replaces ?? "") {
      if (id === keyId || elders.includes(id) || elders.length === MOST_GENERATIONS) break;
      elders.push(id);
    }
    if (elders.length > 0) lineages.set(keyId, elders);
  }
  return lineages;
}

/** The elders of a subject by their names in maps (`observer key`): they were seen by the same observer. */
export function eldersOf(lineages: Lineages, name: string): readonly string[] {
  const at = name.indexOf(" ");
  return (lineages.get(name.slice(at + 1)) ?? []).map((elder) => `${name.slice(0, at)} ${elder}`);
}

/** Some keys with all that they succeed. */
export function withElders(lineages: Lineages, keyIds: readonly string[]): string[] {
  return [...new Set(keyIds.flatMap((keyId) => [keyId, ...(lineages.get(keyId) ?? [])]))];
}

/** Of a key's own entry and those of its elders, the first there is. */
export function nearest<Entry>(
  lineages: Lineages,
  name: string,
  entryOf: (name: string) => Entry | undefined,
): Entry | undefined {
  for (const one of [name, ...eldersOf(lineages, name)]) {
    const entry = entryOf(one);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

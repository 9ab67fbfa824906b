import type { KeyVersion } from "../../model/key/key.js";
import { KEY_FILTERS } from "./key-list.js";

/** A value of the registry and how many keys have it. */
export interface Facet {
  readonly value: string;
  readonly keys: number;
}

export type KeyFacets = Readonly<Record<(typeof KEY_FILTERS)[number], readonly Facet[]>>;

/** Nobody reads on in a list of suggestions. */
const MOST_VALUES = 100;
type Registry = ReadonlyMap<string, KeyVersion>;
/** Of a hundred thousand keys they are counted once for each registry. */
const counted = new WeakMap<Registry, KeyFacets>();

/** What keys can be filtered by: of each text of the registry its values, the most frequent first. */
export function keyFacets(registry: Registry): KeyFacets {
  const known = counted.get(registry);
  if (known !== undefined) return known;
  const facets = Object.fromEntries(KEY_FILTERS.map((name) => [name, valuesOf(registry, name)])) as KeyFacets;
  counted.set(registry, facets);
  return facets;
}

function valuesOf(registry: Registry, name: (typeof KEY_FILTERS)[number]): readonly Facet[] {
  const counts = new Map<string, number>();
  for (const { keyId, [name]: value } of registry.values())
    if (keyId !== "*" && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, keys]) => ({ value, keys }))
    .toSorted((a, b) => b.keys - a.keys || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_VALUES);
}

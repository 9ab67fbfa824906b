import type { KeyVersion } from "../../model/key/key.js";

/** What of a key is looked through, in lower case: made once for each version, since a search comes with every letter that is typed. */
const texts = new WeakMap<KeyVersion, readonly [id: string, display: string, owner: string, service: string]>();

function textsOf(key: KeyVersion) {
  const before = texts.get(key);
  if (before !== undefined) return before;
  const made = [key.keyId, key.display, key.owner, key.service].map((text) => text.toLowerCase());
  texts.set(key, made as [string, string, string, string]);
  return made as [string, string, string, string];
}

/** The entry of the registry that holds rules of all keys is no key. */
const isKey = ({ keyId }: KeyVersion) => keyId !== "*";

/** Keys whose id, display, owner or service has a text in it, whatever its case: first that id, then ids and displays that begin with it, then the rest. */
export function matchKeys(registry: ReadonlyMap<string, KeyVersion>, text: string, most: number): KeyVersion[] {
  const part = text.toLowerCase();
  const ranked: KeyVersion[][] = [[], [], [], []];
  for (const key of registry.values()) {
    const [id, display, owner, service] = textsOf(key);
    if (id === part) ranked[0]!.push(key);
    else if (id.startsWith(part) || display.startsWith(part)) ranked[1]!.push(key);
    else if (id.includes(part) || display.includes(part)) ranked[2]!.push(key);
    else if (owner.includes(part) || service.includes(part)) ranked[3]!.push(key);
  }
  return ranked.flat().filter(isKey).slice(0, most);
}

/** Owners or services of keys that have a text in their name, those that begin with it first. */
export function matchNames(
  registry: ReadonlyMap<string, KeyVersion>,
  field: "owner" | "service",
  text: string,
  most: number,
): string[] {
  const part = text.toLowerCase();
  const at = field === "owner" ? 2 : 3;
  const found = new Set<string>();
  for (const key of registry.values()) if (textsOf(key)[at].includes(part)) found.add(key[field]);
  const begins = (name: string) => Number(name.toLowerCase().startsWith(part));
  return [...found].toSorted((a, b) => begins(b) - begins(a) || (a < b ? -1 : 1)).slice(0, most);
}

import type { KeyVersion } from "../../model/key/key.js";

type Registry = ReadonlyMap<string, KeyVersion>;
type Named = readonly [lower: string, name: string];

/** What of a registry is looked through, in lower case, place by place. */
interface Texts {
  readonly keys: readonly KeyVersion[];
  readonly ids: readonly string[];
  readonly displays: readonly string[];
  /** Each name once, with how people write it. */
  readonly owner: readonly Named[];
  readonly service: readonly Named[];
}

/** Made once for each registry, since a search comes with every letter that is typed. */
const texts = new WeakMap<Registry, Texts>();

function textsOf(registry: Registry): Texts {
  const before = texts.get(registry);
  if (before !== undefined) return before;
  const keys = [...registry.values()];
  const namesOf = (field: "owner" | "service") =>
    [...new Set(keys.map((key) => key[field]))].map((name): Named => [name.toLowerCase(), name]);
  const made = {
    keys,
    ids: keys.map(({ keyId }) => keyId.toLowerCase()),
    displays: keys.map(({ display }) => display.toLowerCase()),
    owner: namesOf("owner"),
    service: namesOf("service"),
  };
  texts.set(registry, made);
  return made;
}

/** The entry of the registry that holds rules of all keys is no key. */
const isKey = ({ keyId }: KeyVersion) => keyId !== "*";

/** Keys whose id, display, owner or service has a text in it, whatever its case: first that id, then ids and displays that begin with it, then the rest. */
export function matchKeys(registry: Registry, text: string, most: number): KeyVersion[] {
  const part = text.toLowerCase();
  const { keys, ids, displays, owner, service } = textsOf(registry);
  const [owners, services] = [matching(owner, part), matching(service, part)];
  const ranked: KeyVersion[][] = [[], [], [], []];
  for (const [i, key] of keys.entries()) {
    const rank = rankOf(ids[i]!, displays[i]!, part) ?? (owners.has(key.owner) || services.has(key.service) ? 3 : null);
    if (rank !== null && ranked[rank]!.length < most && isKey(key)) ranked[rank]!.push(key);
  }
  return ranked.flat().slice(0, most);
}

function rankOf(id: string, display: string, part: string): number | null {
  if (id === part) return 0;
  if (id.startsWith(part) || display.startsWith(part)) return 1;
  return id.includes(part) || display.includes(part) ? 2 : null;
}

const matching = (named: readonly Named[], part: string): ReadonlySet<string> =>
  new Set(named.filter(([lower]) => lower.includes(part)).map(([, name]) => name));

/** Owners or services of keys that have a text in their name, those that begin with it first. */
export function matchNames(registry: Registry, field: "owner" | "service", text: string, most: number): string[] {
  const part = text.toLowerCase();
  const found = matching(textsOf(registry)[field], part);
  const begins = (name: string) => Number(name.toLowerCase().startsWith(part));
  return [...found].toSorted((a, b) => begins(b) - begins(a) || (a < b ? -1 : 1)).slice(0, most);
}

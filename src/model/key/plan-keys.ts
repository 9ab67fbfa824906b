import { createHash } from "node:crypto";
import { isUnregisteredName } from "./former-name.js";
import type { KeyVersion } from "./key.js";
import { toKeyEntry } from "./key-entry.js";
import type { ParsedKey } from "./parse-key.js";

/** What an entry does to the registry. */
export type KeyChange = "new" | "changed" | "unchanged";

/** What to write for a list of entries, and what each of them changes. */
export interface KeyPlan {
  readonly versions: readonly KeyVersion[];
  /** In the order of the entries. */
  readonly changes: readonly KeyChange[];
  /** Same entries on the same registry, same token: two imports at once write one copy. */
  readonly token: string;
  /** By the entry's position; nothing may be written when there is any. */
  readonly problems: readonly { readonly index: number; readonly problem: string }[];
}

/**
 * Compares entries with what is on file: an entry that says what already counts at its `valid_from` writes nothing. One that gives
 * neither `key` nor `fingerprints` keeps those on file, and the display with them: the raw key is given once.
 */
export function planKeys(entries: readonly ParsedKey[], onFile: readonly KeyVersion[]): KeyPlan {
  const known = groupByKey(onFile);
  const versions: KeyVersion[] = [];
  const changes: KeyChange[] = entries.map(() => "unchanged");
  const hash = createHash("sha256");
  const inOrder = [...entries.entries()].sort(([, a], [, b]) => a.key.validFrom - b.key.validFrom);
  for (const [index, { key: stated, given }] of inOrder) {
    const history = known.get(stated.keyId) ?? [];
    const entry = history.length === 0 && !given.has("valid_from") ? fromItsBeginning(stated) : stated;
    const before = versionAt(history, entry.validFrom);
    const key = before === undefined ? entry : keepIdentity(entry, given, before);
    if (before !== undefined && contentOf(before) === contentOf(key)) continue;
    changes[index] = history.length === 0 ? "new" : "changed";
    // The count keeps a return to an earlier state from looking like a repeat of it.
    hash.update(`${history.length} ${given.has("valid_from") ? key.validFrom : "now"} ${contentOf(key)}\n`);
    versions.push(key);
    const later = history.filter((version) => version.validFrom > key.validFrom);
    known.set(key.keyId, [...history.filter((version) => version.validFrom <= key.validFrom), key, ...later]);
  }
  return { versions, changes, token: `keys:${hash.digest("hex")}`, problems: clashesOf(entries, onFile) };
}

/** The version that counts at an instant (epoch ms), of versions in the order in which they came to count. */
export function versionAt(history: readonly KeyVersion[], at: number): KeyVersion | undefined {
  return history.findLast((version) => version.validFrom <= at);
}

/** Versions by key, in the order given. */
export function groupByKey(versions: readonly KeyVersion[]): Map<string, KeyVersion[]> {
  const groups = new Map<string, KeyVersion[]>();
  for (const version of versions) {
    const group = groups.get(version.keyId);
    if (group === undefined) groups.set(version.keyId, [version]);
    else group.push(version);
  }
  return groups;
}

/** What is said first of a key, without a date, was so before it was said: since the key was made. */
function fromItsBeginning(key: KeyVersion): KeyVersion {
  return { ...key, validFrom: Math.min(key.createdAt ?? 0, key.validFrom) };
}

function keepIdentity(entry: KeyVersion, given: ReadonlySet<string>, before: KeyVersion): KeyVersion {
  if (given.has("key") || given.has("fingerprints")) return entry;
  return {
    ...entry,
    // What its raw key was called before it was registered stays known with the fingerprint.
    replaces: entry.replaces === "" && isUnregisteredName(before.replaces) ? before.replaces : entry.replaces,
    fingerprints: before.fingerprints,
    display: given.has("display") ? entry.display : before.display,
  };
}

function contentOf(key: KeyVersion): string {
  const prices = Object.fromEntries(Object.entries(key.prices).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(toKeyEntry({ ...key, prices, fingerprints: key.fingerprints.toSorted(), validFrom: 0 }));
}

/** Entries that say two things of one key at one time, and fingerprints that would belong to two keys. */
function clashesOf(entries: readonly ParsedKey[], onFile: readonly KeyVersion[]): KeyPlan["problems"] {
  const problems: { index: number; problem: string }[] = [];
  const newest = [...groupByKey(onFile).values()].flatMap((history) => history.slice(-1));
  const holders = new Map(newest.flatMap((key) => key.fingerprints.map((print) => [print, key.keyId] as const)));
  const seen = new Set<string>();
  for (const [index, { key }] of entries.entries()) {
    const name = JSON.stringify([key.keyId, key.validFrom]);
    if (seen.has(name)) problems.push({ index, problem: "key_id: is given twice for the same valid_from: keep one" });
    seen.add(name);
    const holder = key.fingerprints
      .map((print) => holders.get(print))
      .find((id) => id !== undefined && id !== key.keyId);
    if (holder !== undefined) {
      problems.push({ index, problem: `fingerprints: one of them belongs to ${holder}: a raw key has one key_id` });
    }
    for (const print of key.fingerprints) holders.set(print, key.keyId);
  }
  return problems;
}

import { keyName, type KeyVersion } from "../key/key.js";

/** Whom a finding is about, as the registry named them when it was made; `owner` is null where none is on file. */
export interface NamedKey {
  readonly name: string;
  readonly owner: string | null;
}

/** What a finding says in one sentence, in parts: what is shown of it is made of these, and never of a text that was made before. */
export interface Headline {
  /** Null where it is about no single key. */
  readonly key: NamedKey | null;
  /** What was found, with since when and at what cost. */
  readonly what: string;
  /** The same without these two: a page says them at its end, where nothing is cut off. */
  readonly brief: string;
}

/** A key as findings name it, with its owner. */
export function namedKey(keyId: string, key: Pick<KeyVersion, "display" | "owner"> | null | undefined): NamedKey {
  return { name: keyName(key, keyId), owner: key?.owner || null };
}

/** A headline that says no more of when and at what cost than a page does. */
export function plainHeadline(key: NamedKey | null, what: string): Headline {
  return { key, what, brief: what };
}

/** The one sentence, as it stands in the column `summary` and wherever a finding is listed. */
export function summaryText({ headline: { key, what } }: { readonly headline: Headline }): string {
  if (key === null) return what;
  return `${key.name}${key.owner === null ? "" : ` (${key.owner})`}: ${what}`;
}

import type { KeyObject } from "node:crypto";
import { fingerprintOf, unknownKeyId } from "./key-fingerprint.js";

/** What the name of a raw key depends on; fingerprints are 64 hex digits. */
export interface KeyNaming {
  /** The pepper in force and the one before; none refuses raw keys. */
  readonly peppers: readonly KeyObject[];
  /** The key id that a fingerprint is registered under. */
  readonly resolveKey: (fingerprint: string) => string | undefined;
  /** The id that an unregistered key has kept since a former pepper. */
  readonly aliasOf?: (fingerprint: string) => string | undefined;
  /** Hears, while two peppers are in force, of every raw key: its fingerprint under the new one, and its id. */
  readonly onMet?: (fingerprint: string, keyId: string) => void;
}

/**
 * The key id of a raw key; null without a pepper. While the pepper is being replaced, a key that nobody registered is called by the
 * former one: its traffic so far is on file under that id.
 */
export function nameRawKey(rawKey: string, naming: KeyNaming): string | null {
  const prints: string[] = [];
  let keyId: string | undefined;
  for (const pepper of naming.peppers) {
    const print = fingerprintOf(pepper, rawKey);
    prints.push(print);
    keyId = naming.resolveKey(print);
    if (keyId !== undefined) break;
  }
  const [current] = prints;
  if (current === undefined) return null;
  keyId ??= aliasAmong(prints, naming) ?? unknownKeyId(prints.at(-1) ?? current);
  if (naming.peppers.length > 1) naming.onMet?.(current, keyId);
  return keyId;
}

function aliasAmong(prints: readonly string[], { aliasOf }: KeyNaming): string | undefined {
  if (aliasOf === undefined) return undefined;
  for (const print of prints) {
    const alias = aliasOf(print);
    if (alias !== undefined) return alias;
  }
  return undefined;
}

import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { publicPrefixOf } from "../../text/secret/public-prefix.js";

/** So many characters of a raw key must stay unseen before its last four may be shown. */
const HIDDEN_CHARS = 20;

/** The pepper as a key object, to be made once: the text must not be kept. */
export function pepperOf(text: string): KeyObject {
  return createSecretKey(text, "utf8");
}

/** HMAC-SHA-256 of a raw key under a pepper, 64 hex digits. */
export function fingerprintOf(pepper: KeyObject, rawKey: string): string {
  return createHmac("sha256", pepper).update(rawKey, "utf8").digest("hex");
}

/** Tells one pepper from another: 16 hex digits that do not give it away. */
export function pepperIdOf(pepper: KeyObject): string {
  return fingerprintOf(pepper, "which pepper this is").slice(0, 16);
}

/** The key id of a key that no registry knows: `fp_` and 16 hex digits of its fingerprint. */
export function unknownKeyId(fingerprint: string): string {
  return `fp_${fingerprint.slice(0, 16)}`;
}

/** What may be shown of a raw key: `prefix…last4` where 20 characters stay hidden, else `prefix…`, else `…`. */
export function displayOf(rawKey: string): string {
  const prefix = publicPrefixOf(rawKey);
  const last = rawKey.slice(-4);
  const secretChars = rawKey.length - prefix.length;
  // A short key is not shown even by its prefix: what looks like a prefix may be most of it.
  if (secretChars < 8) return "…";
  const printable = /^[\x21-\x7e]{4}$/.test(last);
  return secretChars - last.length >= HIDDEN_CHARS && printable ? `${prefix}…${last}` : `${prefix}…`;
}

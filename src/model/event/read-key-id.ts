import { hasUnprintable, isBlank, isDotSegment } from "../../text/clean-text.js";
import { bareKey } from "../../text/secret/bare-key.js";
import type { RawKeyFinder } from "../../text/secret/raw-key-finder.js";
import { refuse, refuseMissing, type EventRefusal, type RefusalReason } from "./event-refusal.js";
import { hasUnderOtherName } from "./misspelt-field.js";
import { nameRawKey, type KeyNaming } from "../key/name-raw-key.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { KEY_ID_CAP } from "../../text/text-caps.js";

type Wire = Readonly<Record<string, unknown>>;

/** Whose history an event counts in, and the short-lived key that was used, or "" where that is the subject itself. */
export interface EventKey {
  readonly keyId: string;
  readonly sessionKeyId: string;
}

/**
 * The subject of an event: the principal that it names, else the key that minted its own, else its own key. Keys that live for an hour
 * have no past that they could be judged by; who they are minted for has. `rawKey` finds the event's raw key in a text.
 */
export function readEventKey(w: Wire, rules: KeyNaming, rawKey: RawKeyFinder | undefined): EventKey | EventRefusal {
  const principal = readLasting(w.principal, "bad_principal", rawKey);
  if (typeof principal !== "string") return principal;
  const parent = readLasting(w.parent_key_id, "bad_parent_key_id", rawKey);
  if (typeof parent !== "string") return parent;
  const subject = principal === "" ? parent : principal;
  const own = readKeyId(w, subject === "" ? rules : withoutMemory(rules));
  if (typeof own !== "string") return own;
  if (subject === "" || subject === own) return { keyId: own, sessionKeyId: "" };
  return { keyId: subject, sessionKeyId: own };
}

/** "" when absent. It becomes the public name of a subject: what could be a secret is refused, never masked. */
function readLasting(value: unknown, reason: RefusalReason, rawKey: RawKeyFinder | undefined): string | EventRefusal {
  if (value === undefined || value === null || value === "") return "";
  if (!isKeyName(value) || looksLikeSecret(value)) return refuse(reason);
  return rawKey?.isIn(value) === true ? refuse(reason) : value;
}

/** The public name of the key that was used. The raw key is turned into its fingerprint before anything else is looked at. */
function readKeyId(w: Wire, rules: KeyNaming): string | EventRefusal {
  const hasKey = w.key !== undefined && w.key !== null;
  const hasKeyId = w.key_id !== undefined && w.key_id !== null;
  if (hasKey && hasKeyId) return refuse("two_keys");
  if (!hasKey && !hasKeyId) return refuseMissing("missing_key", hasUnderOtherName(w, "key"));
  if (hasKey) return typeof w.key === "string" ? idOfRawKey(w.key, rules) : refuse("bad_key");
  const keyId = w.key_id;
  if (!isKeyName(keyId)) return refuse("bad_key_id");
  return looksLikeSecret(keyId) ? refuse("looks_like_secret") : keyId;
}

function isKeyName(value: unknown): value is string {
  if (typeof value !== "string" || isBlank(value) || isDotSegment(value)) return false;
  return value.length <= KEY_ID_CAP && !hasUnprintable(value);
}

/** What an unregistered raw key was called before a change of pepper is remembered for its history: a session key's is its subject's. */
function withoutMemory(rules: KeyNaming): KeyNaming {
  return rules.onMet === undefined ? rules : { ...rules, onMet: () => undefined };
}

function idOfRawKey(given: string, rules: KeyNaming): string | EventRefusal {
  const rawKey = bareKey(given);
  if (rawKey.length < 8 || rawKey.length > 512) return refuse("bad_key");
  return nameRawKey(rawKey, rules) ?? refuse("key_not_accepted");
}

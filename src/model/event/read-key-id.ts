import { hasUnprintable, isBlank } from "../../text/clean-text.js";
import { bareKey } from "../../text/secret/bare-key.js";
import { refuse, refuseMissing, type EventRefusal } from "./event-refusal.js";
import { hasUnderOtherName } from "./misspelt-field.js";
import { nameRawKey, type KeyNaming } from "../key/name-raw-key.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { KEY_ID_CAP } from "../../text/text-caps.js";

/** The public name of an event's key. The raw key is turned into its fingerprint before anything else is looked at. */
export function readKeyId(w: Readonly<Record<string, unknown>>, rules: KeyNaming): string | EventRefusal {
  const hasKey = w.key !== undefined && w.key !== null;
  const hasKeyId = w.key_id !== undefined && w.key_id !== null;
  if (hasKey && hasKeyId) return refuse("two_keys");
  if (!hasKey && !hasKeyId) return refuseMissing("missing_key", hasUnderOtherName(w, "key"));
  if (hasKey) return typeof w.key === "string" ? idOfRawKey(w.key, rules) : refuse("bad_key");
  const keyId = w.key_id;
  if (typeof keyId !== "string" || isBlank(keyId) || keyId.length > KEY_ID_CAP || hasUnprintable(keyId)) {
    return refuse("bad_key_id");
  }
  return looksLikeSecret(keyId) ? refuse("looks_like_secret") : keyId;
}

function idOfRawKey(given: string, rules: KeyNaming): string | EventRefusal {
  const rawKey = bareKey(given);
  if (rawKey.length < 8 || rawKey.length > 512) return refuse("bad_key");
  return nameRawKey(rawKey, rules) ?? refuse("key_not_accepted");
}

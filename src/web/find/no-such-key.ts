import { isKnownKey } from "../../pipeline/view/is-known-key.js";
import type { Store } from "../../store/store.js";

/** What an empty list says of the key that it was asked for; null where the key is known. What was typed, which may be a raw key, is not repeated. */
export async function problemOfKey(store: Store, keyId: string): Promise<string | null> {
  if (keyId === "" || (await isKnownKey(store, keyId))) return null;
  return "key: there is no such key, neither registered nor seen in traffic: give a key_id";
}

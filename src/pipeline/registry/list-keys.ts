import type { KeyVersion } from "../../model/key/key.js";
import { keyStateAt, toKeyEntry } from "../../model/key/key-entry.js";
import { groupByKey, versionAt } from "../../model/key/plan-keys.js";
import type { UnregisteredKey } from "../../store/registry/unregistered-keys.js";
import type { Store } from "../../store/store.js";

/** Keys that nobody registered are shown latest first; beyond these a list says how to get on, not what to read. */
export const MAX_UNREGISTERED = 1000;

/** The registry at an instant, and what was seen in traffic only. */
export interface ListedKeys {
  /** Of each key the version that counts, or else the first that will. */
  readonly keys: readonly KeyVersion[];
  readonly versions: readonly KeyVersion[];
  readonly unknownSources: readonly UnregisteredKey[];
}

/** Reads every registered key as it is at an instant (epoch ms), and keys of traffic that nobody registered. */
export async function listKeysAt(store: Store, now: number): Promise<ListedKeys> {
  const versions = await store.registry.readKeyVersions("all");
  const unknownSources = await store.registry.readUnregisteredKeys(MAX_UNREGISTERED);
  const keys = [...groupByKey(versions).values()].flatMap((history) => versionAt(history, now) ?? history.slice(0, 1));
  return { keys, versions, unknownSources };
}

/** One registered key as it is at an instant (epoch ms), or else as it first will be; null when it is not registered. */
export async function readKeyAt(store: Store, keyId: string, now: number): Promise<KeyVersion | null> {
  const history = keyId === "" ? [] : await store.registry.readKeyVersions([keyId]);
  return versionAt(history, now) ?? history[0] ?? null;
}

/** Keys that a name means: by key_id, else by display, else by the beginning of the display. */
export function keysNamed(keys: readonly KeyVersion[], name: string): KeyVersion[] {
  const byId = keys.filter((key) => key.keyId === name);
  if (byId.length > 0) return byId;
  const byDisplay = keys.filter((key) => key.display === name);
  return byDisplay.length > 0 ? byDisplay : keys.filter((key) => name !== "" && key.display.startsWith(name));
}

/** A key as an entry of the registry with its state. */
export function keyToJson(key: KeyVersion, now: number) {
  return { ...toKeyEntry(key), state: keyStateAt(key, now) };
}

/** A key that was seen in traffic only. */
export function unknownSourceToJson(key: UnregisteredKey) {
  const seen = {
    first_seen_at: new Date(key.firstSeenAt).toISOString(),
    last_seen_at: new Date(key.lastSeenAt).toISOString(),
  };
  return { key_id: key.keyId, state: "unregistered", observed_by: key.observers, ...seen };
}

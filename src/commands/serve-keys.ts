import type { App } from "../app.js";
import { identifyWith, type IdentifyKey } from "../model/key/identify-key.js";
import { pepperIdOf } from "../model/key/key-fingerprint.js";
import type { EventRules } from "../model/event/parse-request-event.js";
import { carryFingerprints } from "../pipeline/registry/migrate-fingerprints.js";
import { openMetKeysNote } from "../pipeline/registry/note-keys-under-new-pepper.js";
import { openKeyDirectory } from "../store/registry/key-directory.js";
import { readPeppers } from "./read-keys-file.js";

/** A key that was just registered is known to ingest after this long. */
const READ_KEYS_EVERY_MS = 10_000;

/** How `serve` tells keys: by the registry, from memory, and by the peppers. */
export interface ServeKeys {
  readonly rules: Pick<EventRules, "peppers" | "resolveKey" | "aliasOf" | "onMet" | "priceOf">;
  /** Null without a pepper. */
  readonly identify: () => IdentifyKey | null;
  readonly close: () => Promise<void>;
}

/** Reads the registry, follows it, and while the pepper is being replaced carries the keys that are met over to the new one. */
export async function openServeKeys({ config, log, store }: App): Promise<ServeKeys> {
  const read = async () => {
    const now = await store.readClock();
    const [keys, aliases] = await Promise.all([store.registry.readKeys(now, now), store.registry.readKeyAliases()]);
    return { keys, aliases };
  };
  const directory = await openKeyDirectory(read, READ_KEYS_EVERY_MS, log);
  const peppers = readPeppers(config);
  const [pepper] = peppers;
  const note =
    pepper === undefined || peppers.length === 1
      ? null
      : openMetKeysNote({
          carry: async (met) => carryFingerprints(store, pepperIdOf(pepper), met, await store.readClock()),
          onProblem: ({ message }) =>
            log.warn({ problem: message }, "keys could not be migrated to the new pepper yet"),
        });
  return {
    rules: {
      peppers,
      resolveKey: directory.keyIdOf,
      aliasOf: directory.aliasOf,
      ...(note === null ? {} : { onMet: note.add }),
      priceOf: directory.priceOf,
    },
    identify: () => (peppers.length === 0 ? null : identifyWith(peppers)),
    close: async () => {
      directory.close();
      await note?.close();
    },
  };
}

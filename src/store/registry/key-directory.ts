import type { Log } from "../../log.js";
import { routePrice } from "../../model/event/event-limits.js";
import type { KeyVersion } from "../../model/key/key.js";

/** What ingest asks of the registry for each event, from memory. */
export interface KeyDirectory {
  /** The key that a fingerprint (64 hex digits) is registered under. */
  readonly keyIdOf: (fingerprint: string) => string | undefined;
  /** The id that a key which nobody registered has kept since a former pepper. */
  readonly aliasOf: (fingerprint: string) => string | undefined;
  /** Micro-dollars of one request of a key on a route; 0 where no price is known. */
  readonly priceOf: (keyId: string, route: string) => number;
  readonly close: () => void;
}

/** What the directory is made of: versions by key id, and ids of unregistered keys by fingerprint. */
export interface KeyRegistry {
  readonly keys: ReadonlyMap<string, KeyVersion>;
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * Keeps the registry in memory, read again every `everyMs`. The first reading is awaited, so that no raw key is taken for an
 * unknown one while a process starts; a later one that fails leaves what was known.
 * @throws what the first `read` throws
 */
export async function openKeyDirectory(
  read: () => Promise<KeyRegistry>,
  everyMs: number,
  log: Log,
): Promise<KeyDirectory> {
  let { keys, aliases } = await read();
  let byFingerprint = indexFingerprints(keys);
  const readAgain = async (): Promise<void> => {
    try {
      ({ keys, aliases } = await read());
      byFingerprint = indexFingerprints(keys);
    } catch (error) {
      log.warn({ problem: (error as Error).message }, "the key registry could not be reloaded");
    }
  };
  const timer = setInterval(() => void readAgain(), everyMs);
  timer.unref();
  return {
    keyIdOf: (fingerprint) => byFingerprint.get(fingerprint),
    aliasOf: (fingerprint) => aliases.get(fingerprint),
    priceOf: (keyId, route) => routePrice(keys.get(keyId)?.prices, route),
    close: () => clearInterval(timer),
  };
}

function indexFingerprints(keys: ReadonlyMap<string, KeyVersion>): Map<string, string> {
  return new Map(
    [...keys.values()].flatMap((key) => key.fingerprints.map((print): [string, string] => [print, key.keyId])),
  );
}

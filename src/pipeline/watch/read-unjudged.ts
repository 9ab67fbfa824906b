import type { UnjudgedKeys } from "../../detect/judge-unjudged.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";
import { EVERY_KEY, readWatchedKeys } from "../learn/watched-keys.js";

/** Keys that are not judged at an instant (epoch ms), because nobody registered them and more than `cap` such are in use; null when all are. */
export async function readUnjudged(store: Store, cap: number, now: number): Promise<UnjudgedKeys | null> {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const asOf = await store.readClock();
  const registry = await store.registry.readKeys(now, asOf);
  const watched = await readWatchedKeys(store, {
    hour,
    until: now,
    asOf,
    rawAsOf: null,
    cap,
    registry: async () => registry,
    mostInUse: async () => null,
    isLarge: registry.size > cap,
  });
  if (watched === EVERY_KEY) return null;
  const parts = await store.check.readUnjudgedUse({ from: hour - DAY_MS, until: now }, watched.keys);
  const all = parts.find(({ kind }) => kind === "all");
  if (all === undefined || all.keys === 0) return null;
  const largest = (wanted: "network" | "source") =>
    parts.filter(({ kind }) => kind === wanted).map(({ name, requests }) => ({ name, requests }));
  return { keys: all.keys, requests: all.requests, cap, networks: largest("network"), sources: largest("source") };
}

import { createHash } from "node:crypto";
import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import type { Store } from "../../store/store.js";
import { DAY_MS } from "../../time/day.js";
import { chooseUnregistered } from "./choose-unregistered.js";

/** Which keys that nobody registered come first is decided by what they were served before the hour, for so long. */
const SERVED_MS = 28 * DAY_MS;

/** Which keys a span is judged for. */
export interface WatchedKeys {
  /** For queries: empty, every key. */
  readonly keys: readonly string[];
  /** The same text means the same keys. */
  readonly stamp: string;
}

/** Where there is room for every key that was used. */
export const EVERY_KEY: WatchedKeys = { keys: [], stamp: "" };

/** What the keys of a span are chosen from. */
interface WatchedSpan {
  readonly hour: number;
  /** The last tick. */
  readonly until: number;
  readonly asOf: number;
  readonly rawAsOf: number | null;
  /** How many keys that nobody registered are judged; Infinity: all. */
  readonly cap: number;
  readonly registry: () => Promise<ReadonlyMap<string, KeyVersion>>;
  /** How many keys were used in the span, or more than that; null: it is counted. */
  readonly mostInUse: () => Promise<number | null>;
  /** Whether so many keys are registered that it need not be counted whether more than `cap` are in use. */
  readonly isLarge?: boolean;
}

/**
 * The keys that are judged at the ticks of an hour: registered ones with all that they succeed, and of the others those that were served most before the hour, when
 * there are more than `cap` in use. That is a function of what ClickHouse holds, like the verdicts.
 */
export async function readWatchedKeys(store: Store, of: WatchedSpan): Promise<WatchedKeys> {
  const { hour, until, asOf, rawAsOf, cap } = of;
  if (cap === Infinity) return EVERY_KEY;
  const used = { from: hour - DAY_MS, until };
  // Cheap, and enough for almost every check.
  if (((await of.mostInUse()) ?? Infinity) <= cap) return EVERY_KEY;
  if (of.isLarge !== true && (await store.check.countKeysInUse(used, rawAsOf)) <= cap) return EVERY_KEY;
  const served = { from: hour - SERVED_MS, until: hour };
  const wish = { used, served, registry: { at: until, visible: asOf }, most: cap + 1 };
  const found = await store.check.readUnregisteredInUse(wish, rawAsOf);
  if (found.length <= cap) return EVERY_KEY;
  const registry = await of.registry();
  // Never empty: that would be every key.
  const chosen = [...registry.keys(), ...chooseUnregistered(found, cap)];
  const keys = ["", ...withElders(lineagesOf(registry), chosen)].toSorted();
  return { keys, stamp: createHash("sha1").update(keys.join("\n")).digest("hex") };
}

import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import type { Store } from "../../store/store.js";
import { DAY_MS } from "../../time/day.js";
import { chooseUnregistered } from "./choose-unregistered.js";

/** A key that nobody registered leaves learning after so long without a request; a registered one stays, since its sleep is what an attacker breaks. */
const UNUSED_FOR_MS = 60 * DAY_MS;

/**
 * Keys that are learned with the day that ends at `until`, in order: registered ones with all that they succeed, and up to `cap` others.
 * @param visible epoch ms as of which the registry is read
 */
export async function keysToLearn(
  store: Store,
  registry: ReadonlyMap<string, KeyVersion>,
  until: number,
  visible: number,
  cap: number,
): Promise<string[]> {
  const used = { from: until - UNUSED_FOR_MS, until };
  const of = { used, served: used, registry: { at: until, visible }, most: cap + 1 };
  const found = await store.check.readUnregisteredInUse(of, null);
  return withElders(lineagesOf(registry), [...registry.keys(), ...chooseUnregistered(found, cap)]).toSorted();
}

import type { Store } from "../../../store/store.js";
import { DAY_MS } from "../../../time/day.js";
import type { CheckCache } from "./check-cache.js";
import type { ObservedLog } from "./observed-log.js";

/**
 * No fewer keys than were used from a day before an hour to an instant (both epoch ms): those before the hour, which are counted once, and those since, some
 * of them twice.
 */
export async function mostKeysInUse(
  { store, memory }: { readonly store: Store; readonly memory: CheckCache },
  { hour, until }: { readonly hour: number; readonly until: number },
  observing: Promise<ObservedLog>,
): Promise<number> {
  const before = { from: hour - DAY_MS, until: hour };
  const [counted, since] = await Promise.all([
    observing.then(async (observed) => {
      const { text: stamp, settled } = observed.stamp(before.from, before.until);
      return memory.keysInUse.recall(String(hour), { stamp, keep: settled }, async () =>
        store.check.countKeysInUse(before, null),
      );
    }),
    store.check.countKeysInUse({ from: hour, until }, null),
  ]);
  return counted + since;
}

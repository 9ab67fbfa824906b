import { unplacedAt } from "../../../store/check/usage.js";
import type { Store } from "../../../store/store.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import type { CheckCache } from "./check-cache.js";
import type { ObservedLog } from "./observed-log.js";

/** Names of the subjects that were used before the hour of a span without a single address: kept in memory while no row from before it is added. */
export async function readUnplaced(
  { store, memory }: { readonly store: Store; readonly memory: CheckCache },
  { hour }: TickSpan,
  { observed, watched }: { readonly observed: ObservedLog; readonly watched: WatchedKeys },
  rawAsOf: number | null,
): Promise<ReadonlySet<string>> {
  if (rawAsOf !== null) return unplacedAt(await store.check.readUnplacedUses(hour, watched.keys, rawAsOf), hour);
  const until = memory.readUntil(hour, hour);
  const { text, settled } = observed.stamp(0, until);
  const stamped = { stamp: `${text} ${watched.stamp}`, keep: settled };
  const uses = await memory.unplaced.recall(String(until), stamped, async () =>
    store.check.readUnplacedUses(until, watched.keys, null),
  );
  return unplacedAt(uses, hour);
}

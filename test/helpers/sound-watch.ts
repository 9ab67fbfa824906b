import type { WatchDeps } from "../../src/pipeline/watch/watch-coverage.js";
import type { Store } from "../../src/store/store.js";

/** What a watch is told of clocks that are right and of an ingest buffer in which nothing waits. */
export function soundWatch(store: Store): Pick<WatchDeps, "unrecordedSince" | "unregisteredKeys" | "clocks" | "loss"> {
  return {
    unrecordedSince: async () => null,
    unregisteredKeys: 20_000,
    clocks: async () => ({ apartMs: 0, skewed: [] }),
    loss: { store, oldestWaitingAt: async () => null },
  };
}

import type { CheckCache } from "./check-cache.js";
import type { KnownNovelty, NoveltyRequest } from "./novelty-memory.js";

/**
 * What is new to keys as far as it was used before the last tick: kept in memory, and what may come after the tick with it; or as of an instant
 * (epoch ms), and nothing is kept.
 */
export async function readNovelty(memory: CheckCache, of: NoveltyRequest, asOf: number | null): Promise<KnownNovelty> {
  if (asOf === null) return memory.novelty.read(of);
  const { store, hour, until, context } = of;
  return { facts: await store.check.readNoveltyFacts({ ...context, hour, until }, asOf), version: "", since: "" };
}

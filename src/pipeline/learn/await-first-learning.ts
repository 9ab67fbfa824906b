import type { Store } from "../../store/store.js";
import type { LearnStore } from "../../store/learn/learn-store.js";
import { DAY_MS, dayOf, dayStart, MINUTE_MS } from "../../time/day.js";
import { LEARNED_DAYS } from "./plan-learning.js";

/** Counted from the first rows of all, so that nothing that comes later can make it longer. */
const WAIT_MS = 15 * MINUTE_MS;

/**
 * Whether the very first check waits: history was brought along, and not all of its days up to `until` (epoch ms) are learned. Without
 * them every key would be a new one.
 */
export async function awaitsFirstLearning(
  store: Pick<Store, "readClock"> & { readonly learn: Pick<LearnStore, "readLearnableDays" | "readFirstIngested"> },
  until: number,
): Promise<boolean> {
  const closedUntil = dayStart(dayOf(until - 1));
  const [days, first, clock] = await Promise.all([
    store.learn.readLearnableDays(closedUntil - LEARNED_DAYS * DAY_MS, closedUntil),
    store.learn.readFirstIngested(),
    store.readClock(),
  ]);
  return first !== null && clock - first < WAIT_MS && days.some(({ learnedEvents }) => learnedEvents < 0);
}

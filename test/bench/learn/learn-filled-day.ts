import { learnClosedDay } from "../../../src/pipeline/learn/learn-closed-day.js";
import type { Store } from "../../../src/store/store.js";
import { budgetPer1000 } from "../../helpers/budget-per-1000.js";

/** Learns a day (`YYYY-MM-DD`) whose roll-ups were filled, as `work` learns one that was not learned yet. */
export async function learnFilledDay(store: Store, day: string): Promise<void> {
  const deps = { store, budget: budgetPer1000(0.1, 10), unregisteredKeys: 20_000 };
  const closed = { day, events: 1, learnedEvents: -1, learnedAt: 0, learnedInMs: 0, observed: true };
  await learnClosedDay(deps, closed, Date.now());
}

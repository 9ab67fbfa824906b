import { budgetInForce, type AlarmBudget, type BudgetInForce } from "../../detect/alarm-budget.js";
import { containmentBudget, type ContainmentBudget } from "../../detect/containment-budget.js";
import type { FleetDay } from "../../model/finding/fleet-day.js";
import type { LearnStore } from "../../store/learn/learn-store.js";
import { dayOf } from "../../time/day.js";

interface FleetStore {
  readonly learn: Pick<LearnStore, "readNewestLearnedDay" | "readFleetDay">;
  readonly readClock: () => Promise<number>;
}

/** The thresholds that checks at an instant (epoch ms) go by, and what they come from. */
export async function readBudgetInForce(store: FleetStore, stated: AlarmBudget, now: number): Promise<BudgetInForce> {
  return budgetInForce(stated, await readFleet(store, now));
}

/** The score from which on keys are contained without a person at an instant (epoch ms), and what it comes from. */
export async function readContainmentBudget(
  store: FleetStore,
  falsePerYear: number,
  pages: AlarmBudget,
  now: number,
): Promise<ContainmentBudget> {
  return containmentBudget(falsePerYear, pages, await readFleet(store, now));
}

async function readFleet(store: FleetStore, now: number): Promise<FleetDay | null> {
  const learned = await store.learn.readNewestLearnedDay(dayOf(now - 1), await store.readClock());
  return learned === null ? null : store.learn.readFleetDay(learned.day, learned.learnedAt);
}

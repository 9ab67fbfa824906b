import { budgetInForce, type AlarmBudget, type BudgetInForce } from "../../detect/alarm-budget.js";
import type { LearnStore } from "../../store/learn/learn-store.js";
import { dayOf } from "../../time/day.js";

/** The thresholds that checks at an instant (epoch ms) go by, and what they come from. */
export async function readBudgetInForce(
  store: {
    readonly learn: Pick<LearnStore, "readNewestLearnedDay" | "readFleetDay">;
    readonly readClock: () => Promise<number>;
  },
  stated: AlarmBudget,
  now: number,
): Promise<BudgetInForce> {
  const learned = await store.learn.readNewestLearnedDay(dayOf(now - 1), await store.readClock());
  const fleet = learned === null ? null : await store.learn.readFleetDay(learned.day, learned.learnedAt);
  return budgetInForce(stated, fleet);
}

import { budgetInForce, type AlarmBudget } from "../../../detect/alarm-budget.js";
import type { Thresholds } from "../../../detect/threshold.js";
import type { LearnedDay } from "../../../store/learn/learned-days.js";
import type { Store } from "../../../store/store.js";
import type { CheckCache } from "../facts/check-cache.js";

/** The thresholds that keep a budget in the fleet of a learned day: what that day says of it never changes. */
export async function readThresholds(
  of: { readonly store: Store; readonly memory: CheckCache; readonly budget: AlarmBudget },
  learned: LearnedDay | null,
): Promise<Thresholds> {
  if (learned === null) return budgetInForce(of.budget, null).thresholds;
  const { day, learnedAt } = learned;
  const stamp = `${day}/${learnedAt}`;
  const fleet = await of.memory.fleetDays.recall(stamp, { stamp, keep: true }, async () =>
    of.store.learn.readFleetDay(day, learnedAt),
  );
  return budgetInForce(of.budget, fleet).thresholds;
}

import type { BudgetInForce, RateInForce } from "../detect/alarm-budget.js";
import { targetText } from "../pipeline/view/kept-budget.js";
import { ok, warn, type Diagnosis } from "./diagnosis.js";

/** What the stated budgets come to in the fleet: more false pages than were asked for are to be planned for. */
export function judgeBudget(budget: BudgetInForce): readonly Diagnosis[] {
  const judge = (check: string, rate: RateInForce, setting: string) => {
    const text = targetText(rate, budget);
    if (rate.bound !== "highest") return ok(check, text);
    const expected = Math.ceil(rate.expected ?? 0);
    return warn(check, text, `plan for ${expected} a ${rate.stated.per}, and set ${setting}=${expected} to say so`);
  };
  return [
    judge("false pages", budget.pages, "PLIMSOLL_FALSE_PAGES_PER_MONTH"),
    judge("false notices", budget.notices, "PLIMSOLL_NOTICES_PER_WEEK"),
  ];
}

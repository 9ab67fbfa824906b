import { statedBudget, type AlarmBudget } from "../../src/detect/alarm-budget.js";

/** A budget per 1,000 key-days, whatever the size of the fleet. */
export function budgetPer1000(pages: number, notices: number): AlarmBudget {
  return statedBudget({
    PLIMSOLL_FALSE_PAGES_PER_MONTH: 1,
    PLIMSOLL_NOTICES_PER_WEEK: 7,
    PLIMSOLL_PAGE_BUDGET: pages,
    PLIMSOLL_NOTICE_BUDGET: notices,
  });
}

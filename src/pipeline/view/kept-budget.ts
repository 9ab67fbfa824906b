import { countedText } from "../../text/amounts.js";
import type { JudgedAlarms } from "../../store/view/budget-audit.js";
import type { ViewStore } from "../../store/view/view-store.js";
import { DAY_MS } from "../../time/day.js";

/** Span over which alarms are counted against the budget. */
export const AUDIT_DAYS = 28;

/** Alarms of one kind against their budget of false ones. */
export interface KeptBudget extends JudgedAlarms {
  /** Those of which nobody said what they were. */
  readonly unjudged: number;
  /** False ones per 1,000 key-days by what people said, and if all that nobody judged were false, too; null while there are no key-days. */
  readonly falsePer1000: number | null;
  readonly falsePer1000AtMost: number | null;
}

/** Budgets of false alarms per 1,000 key-days as stated, and what the last 28 days kept of them. */
export interface BudgetAudit {
  readonly stated: { readonly pages: number; readonly notices: number };
  readonly keyDays: number;
  readonly pages: KeptBudget;
  readonly notices: KeptBudget;
}

/** Compares the stated budgets (per 1,000 key-days) with what was observed up to `now` (epoch ms). A true leak is no false page. */
export async function readBudgetAudit(
  store: { readonly view: Pick<ViewStore, "readObservedAlarms"> },
  stated: BudgetAudit["stated"],
  now: number,
): Promise<BudgetAudit> {
  const { keyDays, pages, notices } = await store.view.readObservedAlarms(now - AUDIT_DAYS * DAY_MS);
  return { stated, keyDays, pages: keptBudget(pages, keyDays), notices: keptBudget(notices, keyDays) };
}

function keptBudget(alarms: JudgedAlarms, keyDays: number): KeptBudget {
  const unjudged = alarms.sent - alarms.leaks - alarms.benign;
  const per1000 = (count: number) => (keyDays === 0 ? null : Math.round((count / keyDays) * 1e6) / 1000);
  return {
    ...alarms,
    unjudged,
    falsePer1000: per1000(alarms.benign),
    falsePer1000AtMost: per1000(alarms.benign + unjudged),
  };
}

/** A budget as kept, in a line: `0.1 stated; 0.2 by what people said …`. */
export function budgetText(stated: number, kept: KeptBudget, keyDays: number): string {
  const { sent, leaks, benign, unjudged, falsePer1000, falsePer1000AtMost } = kept;
  const count = (number: number) => number.toLocaleString("en-US");
  const judged = `${count(sent)} in ${countedText(keyDays, "key-day")}: ${count(benign)} false, ${countedText(leaks, "leak")}, ${count(unjudged)} not judged`;
  if (falsePer1000 === null) return `target ${stated}, no key-days yet to compare with; ${judged}`;
  const most = unjudged === 0 ? "" : `, at most ${falsePer1000AtMost} if all that were not judged were false`;
  return `target ${stated}, actual ${falsePer1000} as judged by people${most}; ${judged}`;
}

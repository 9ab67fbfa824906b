import type { BudgetedFleet, BudgetInForce, RateInForce, StatedRate } from "../../detect/alarm-budget.js";
import { countedText } from "../../text/amounts.js";
import type { JudgedAlarms } from "../../store/view/budget-audit.js";
import type { ViewStore } from "../../store/view/view-store.js";
import { DAY_MS } from "../../time/day.js";

/** Span over which alarms are counted against the budget. */
export const AUDIT_DAYS = 28;

/** Alarms of one kind against their budget of false ones. */
export interface KeptBudget extends JudgedAlarms {
  readonly inForce: RateInForce;
  /** False ones to be expected of the key-days that were counted. */
  readonly expected: number;
  /** Those of which nobody said what they were. */
  readonly unjudged: number;
  /** False ones per 1,000 key-days by what people said, and if all that nobody judged were false, too; null while there are no key-days. */
  readonly falsePer1000: number | null;
  readonly falsePer1000AtMost: number | null;
}

/** Budgets of false alarms as stated, what they come to in the fleet, and what the last 28 days kept of them. */
export interface BudgetAudit extends BudgetedFleet {
  readonly keyDays: number;
  readonly pages: KeptBudget;
  readonly notices: KeptBudget;
}

/** Compares the budget in force with what was observed up to `now` (epoch ms). A true leak is no false page. */
export async function readBudgetAudit(
  store: { readonly view: Pick<ViewStore, "readObservedAlarms"> },
  budget: BudgetInForce,
  now: number,
): Promise<BudgetAudit> {
  const { keyDays, pages, notices } = await store.view.readObservedAlarms(now - AUDIT_DAYS * DAY_MS);
  return {
    watchedKeys: budget.watchedKeys,
    ownKeyDays: budget.ownKeyDays,
    keyDays,
    pages: keptBudget(pages, budget.pages, keyDays),
    notices: keptBudget(notices, budget.notices, keyDays),
  };
}

function keptBudget(alarms: JudgedAlarms, inForce: RateInForce, keyDays: number): KeptBudget {
  const unjudged = alarms.sent - alarms.leaks - alarms.benign;
  const per1000 = (count: number) => (keyDays === 0 ? null : Math.round((count / keyDays) * 1e6) / 1000);
  return {
    ...alarms,
    inForce,
    expected: Math.round(inForce.per1000 * keyDays) / 1000,
    unjudged,
    falsePer1000: per1000(alarms.benign),
    falsePer1000AtMost: per1000(alarms.benign + unjudged),
  };
}

/** A budget as kept, in a line: what is stated, what is to be expected, what came, and what people said of it. */
export function budgetText(kept: KeptBudget, audit: BudgetedFleet & Pick<BudgetAudit, "keyDays">): string {
  const { sent, leaks, benign, unjudged, falsePer1000, falsePer1000AtMost, expected, inForce } = kept;
  const count = (number: number) => number.toLocaleString("en-US");
  const judged = `${count(sent)} in ${AUDIT_DAYS} days, of all keys: ${count(benign)} false, ${countedText(leaks, "leak")}, ${count(unjudged)} not judged`;
  const target = `${targetText(inForce, audit)}; `;
  const { keyDays } = audit;
  if (falsePer1000 === null) return `${target}no key-days yet to compare with; ${judged}`;
  const most = unjudged === 0 ? "" : `, at most ${falsePer1000AtMost} if all that were not judged were false`;
  return `${target}${shortCount(expected)} expected of ${countedText(keyDays, "key-day")}; ${judged}; ${falsePer1000} false per 1,000 key-days as judged by people${most}`;
}

/** A stated rate with what it comes to: `target 1 a month for all keys (0.83 per 1,000 key-days, 40 keys in use)`. */
export function targetText(
  { stated, per1000, expected, bound }: RateInForce,
  { watchedKeys, ownKeyDays }: BudgetedFleet,
): string {
  const target = `target ${statedText(stated)}`;
  if (stated.per === "1000_key_days") return target;
  if (watchedKeys === null || expected === null) {
    return `${target}, ${shortCount(per1000)} per 1,000 key-days until the first day is learned`;
  }
  const tail = ownKeyDays === null ? "" : `, by ${countedText(ownKeyDays, "key-day")} of this fleet`;
  const spread = `${shortCount(per1000)} per 1,000 key-days, ${countedText(watchedKeys, "key")} in use in 30 days${tail}`;
  if (bound === null) return `${target} (${spread})`;
  return `${target}, but expect ${shortCount(expected)} a ${stated.per}: the threshold is at its ${bound} (${spread})`;
}

function statedText({ count, per }: StatedRate): string {
  return per === "1000_key_days" ? `${count} per 1,000 key-days` : `${count} a ${per} for all keys`;
}

/** Two digits are as much as is known. */
const shortCount = (value: number) =>
  Number(value.toPrecision(2)).toLocaleString("en-US", { maximumFractionDigits: 4 });

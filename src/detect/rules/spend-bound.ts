import type { RuleOf } from "../../model/key/rule.js";
import { round6 } from "../../model/round.js";
import { dateText } from "../../time/local-spans.js";
import type { Judgement } from "./rule-verdict.js";
import { dollarText } from "../../text/amounts.js";

const PERIODS = { hour: "an hour", day: "a day", month: "a month" } as const;

/** Rules `spend` and `budget_share`: micro-dollars spent since the calendar's hour, day or month began (`from`, epoch ms). */
export function judgeSpendBound(
  rule: RuleOf<"spend" | "budget_share">,
  monthlyBudgetUsd: number | null,
  spentMicros: number,
  from: number,
): Judgement {
  if (rule.kind === "budget_share" && monthlyBudgetUsd === null) {
    return { notEvaluated: "monthly_budget_usd of the key is unknown" };
  }
  const budgetMicros = rule.kind === "spend" ? rule.usd * 1e6 : (monthlyBudgetUsd ?? 0) * 1e6;
  const boundMicros = rule.kind === "spend" ? budgetMicros : (budgetMicros * rule.percent) / 100;
  if (spentMicros === 0 || spentMicros < boundMicros) return null;
  const measure =
    rule.kind === "spend"
      ? `${dollarText(boundMicros)} ${PERIODS[rule.per]}`
      : `${rule.percent} % of the monthly budget of ${dollarText(budgetMicros)}`;
  const spent = `${dollarText(spentMicros)} spent`;
  return {
    severity: rule.severity,
    // A budget of nothing is exceeded by anything.
    score: boundMicros === 0 ? 1 : round6(spentMicros / boundMicros),
    onset: from,
    what: `${spent} since ${dateText(from, rule.time_zone)}`,
    ...(rule.time_zone === "UTC" ? { brief: spent } : {}),
    against: `the rule is ${measure}`,
    cause: "rule",
    statistics: { spend_micros: spentMicros, bound_micros: round6(boundMicros) },
  };
}

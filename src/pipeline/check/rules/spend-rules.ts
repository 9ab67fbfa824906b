import { judgeSpendBound } from "../../../detect/rules/spend-bound.js";
import { ruleName, type RuleOf } from "../../../model/key/rule.js";
import type { Stretch } from "../../../store/check/rule-usage.js";
import { calendarStart } from "../../../time/local-spans.js";
import {
  judgedInstants,
  joinEvaluations,
  toldAt,
  type Evaluation,
  type RuleSpan,
  type RuleStore,
} from "./rule-evaluation.js";
import { usageUntil } from "./usage-until.js";
import { groupBySubject } from "../../../model/subject.js";

type SpendRule = RuleOf<"spend" | "budget_share">;

/** Evaluates the rules on what a key costs in an hour, day or month of the calendar: one scan for all keys that have such rules. */
export async function evaluateSpendRules(store: RuleStore, span: RuleSpan): Promise<Evaluation> {
  const { ticks, keys, rules } = span;
  const asked = span.askedFor("spend", "budget_share");
  if (ticks.length === 0 || asked.length === 0) return { told: [], notEvaluated: [] };
  const calendars = new Map<string, Calendar>();
  for (const rule of rules.all("spend", "budget_share") as SpendRule[]) {
    const name = calendarOf(rule);
    if (!calendars.has(name)) calendars.set(name, openCalendar(rule, ticks));
  }
  const stretches = [...calendars.values()].flatMap((calendar) => Array.from(calendar.stretches.values()));
  const positions = new Map(stretches.map((stretch, at) => [stretch, at]));
  const usage = await store.check.readStretches(asked, stretches, span.rawAsOf);
  const parts = [...groupBySubject(usage).values()].flatMap((rows) => {
    const subject = rows[0]!;
    const sums = new Map(rows.map((row) => [row.stretch, usageUntil(row)]));
    const budget = keys.get(subject.keyId)?.monthlyBudgetUsd ?? null;
    return [...rules.of(subject.keyId, "spend"), ...rules.of(subject.keyId, "budget_share")].map(({ rule, since }) => {
      const { startOf, stretches: byStart } = calendars.get(calendarOf(rule))!;
      const judge = (tick: number) => {
        const until = sums.get(positions.get(byStart.get(startOf(tick))!)!);
        return judgeSpendBound(rule, budget, until?.(tick).spendMicros ?? 0, startOf(tick));
      };
      return toldAt({ subject, rule: ruleName(rule) }, ticks, judge, since, startOf);
    });
  });
  return joinEvaluations(parts);
}

/** The periods of a calendar that the ticks lie in: where each begins, and the stretch that is read for it. */
interface Calendar {
  readonly startOf: (tick: number) => number;
  readonly stretches: ReadonlyMap<number, Stretch>;
}

function calendarOf(rule: SpendRule): string {
  return `${periodOf(rule)} ${rule.time_zone}`;
}

function periodOf(rule: SpendRule) {
  return rule.kind === "spend" ? rule.per : "month";
}

function openCalendar(rule: SpendRule, ticks: readonly number[]): Calendar {
  const starts = new Map<number, number>();
  const stretches = new Map<number, Stretch>();
  for (const tick of judgedInstants(ticks)) {
    const from = calendarStart(tick, periodOf(rule), rule.time_zone);
    starts.set(tick, from);
    stretches.set(from, { from, till: stretches.get(from)?.till ?? tick, to: tick });
  }
  return { startOf: (tick) => starts.get(tick)!, stretches };
}

import { minuteText } from "../../text/clock-text.js";
import { DAY_MS, dayOf, dayStart } from "../../time/day.js";
import { learnClosedDay, type LearnDeps } from "./learn-closed-day.js";
import { countedText } from "../../text/amounts.js";
import type { LearnableDay } from "../../store/learn/learned-days.js";
import { fewLateRows, LEARNED_DAYS, planLearning } from "./plan-learning.js";

/** Which days were learned by a run. */
export interface LearnReport {
  readonly learned: readonly string[];
  /** Why it was none. */
  readonly because?: string;
}

/**
 * Learns closed days (UTC) as planLearning says, one after the other, until nothing is left or `budgetMs` are over: what is left is
 * taken up by the next run. `settledUntil` (epoch ms) is the end of what is known to be complete.
 * Who asks by hand does not wait until what came late may be learned again, however little it is.
 */
export async function learnBaselines(
  deps: LearnDeps,
  now: number,
  settledUntil: number,
  budgetMs = Infinity,
  isByHand = false,
): Promise<LearnReport> {
  const closedUntil = dayStart(dayOf(settledUntil));
  const startedAt = performance.now();
  const learned: string[] = [];
  let because = "no closed UTC day has events";
  while (performance.now() - startedAt < budgetMs) {
    const days = await deps.store.learn.readLearnableDays(closedUntil - LEARNED_DAYS * DAY_MS, closedUntil);
    const { next, lacking, notBefore } = isByHand ? planLearning(days, Infinity, "any") : planLearning(days, now);
    if (days.length > 0) because = nothingLeft(days);
    if (lacking.length > 0) because = `rows that came late are learned from ${minuteText(notBefore)} on`;
    if (next === null) break;
    await learnClosedDay(deps, next, now);
    learned.push(next.day);
  }
  return learned.length > 0 ? { learned } : { learned, because };
}

function nothingLeft(days: readonly LearnableDay[]): string {
  const late = fewLateRows(days);
  const few = `; ${countedText(late.rows, "row")} of ${countedText(late.days, "day")} came later, too few to learn them again unless by hand: plimsoll run learn-baselines`;
  return `every closed UTC day with events is learned already${late.days === 0 ? "" : few}`;
}

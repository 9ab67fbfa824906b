import type { ScoreThresholds } from "../model/finding/leak-statistics.js";
import type { Severity } from "../model/incident/page.js";
import { round6 } from "../model/round.js";

/** Score that is reached once in 1,000 key-days by legitimate traffic, and how fast that rate falls per unit of score (docs/detection.md, 7). */
const SCORE_AT_ONE_PER_THOUSAND = 12.04;
const DECAY_PER_UNIT = 0.94;
/** From this far above the page threshold on a page is critical: the false-page rate there is ten times lower. */
const CRITICAL_MARGIN = Math.log(10) / DECAY_PER_UNIT;

/** Score above which legitimate traffic comes `budget` times per 1,000 key-days. */
function thresholdFor(budget: number): number {
  return scoreOnceIn(1000 / budget);
}

export interface Thresholds {
  readonly page: number;
  readonly notice: number;
}

/** Thresholds for the stated budgets, in false pages and notices per 1,000 key-days. */
export function thresholds(pageBudget: number, noticeBudget: number): Thresholds {
  return { page: thresholdFor(pageBudget), notice: Math.min(thresholdFor(noticeBudget), thresholdFor(pageBudget)) };
}

/** Severity of a score, or null when nobody needs to be told. */
export function severityOf(score: number, limits: Thresholds): Severity | null {
  if (score >= limits.page + CRITICAL_MARGIN) return "critical";
  if (score >= limits.page) return "error";
  return score >= limits.notice ? "warning" : null;
}

/** One false alarm of at least this score is expected in so many key-days. */
export function keyDaysPerFalseAlarm(score: number): number {
  return 1000 * Math.exp((score - SCORE_AT_ONE_PER_THOUSAND) * DECAY_PER_UNIT);
}

/** What a finding keeps of its score: how rare it is, and from which scores on it is told. */
export function rarityOf(score: number, { notice, page }: ScoreThresholds) {
  return {
    expected_once_in_key_days: Math.round(keyDaysPerFalseAlarm(score)),
    thresholds: { notice: round6(notice), page: page === null ? null : round6(page) },
  };
}

/** The score that legitimate traffic reaches once in so many key-days: the inverse of keyDaysPerFalseAlarm. */
export function scoreOnceIn(keyDays: number): number {
  return SCORE_AT_ONE_PER_THOUSAND + Math.log(keyDays / 1000) / DECAY_PER_UNIT;
}

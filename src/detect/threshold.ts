import type { ScoreThresholds } from "../model/finding/leak-statistics.js";
import type { Severity } from "../model/incident/page.js";
import { NOVELTY_LAG_DAYS } from "./surprise.js";
import { round6 } from "../model/round.js";

/** How rare a score is in legitimate traffic: beyond any that matters the rate falls by the same factor per unit (docs/detection.md, 7). */
export interface ScoreScale {
  /** Score that is reached once in 1,000 key-days. */
  readonly oncePerThousand: number;
  /** How fast the rate falls, per unit of score: by e to this power. */
  readonly decayPerUnit: number;
}

/** What holds of a fleet that is not known well enough to speak for itself: fitted on the fleets of the tuning seeds. */
export const USUAL_SCALE: ScoreScale = { oncePerThousand: 9.35, decayPerUnit: 0.88 };

/** The same of a fleet whose keys have no past day to be compared with yet: fitted on the first days of the fleets of those seeds. */
const FIRST_SCALE: ScoreScale = { oncePerThousand: 7.2, decayPerUnit: 1.2 };
/** Days on record of which none counts yet (surprise.ts), and from which on scores are what they stay. */
export const SCALE_RISES = { from: NOVELTY_LAG_DAYS, to: NOVELTY_LAG_DAYS + 14 } as const;

/**
 * How rare scores are in a fleet of which so many days on end are on record. A past without an event makes whatever happens rarer by the logarithm of its days, and
 * scores of legitimate traffic rise alike.
 */
export function usualScale(learnedDays: number): ScoreScale {
  const { from, to } = SCALE_RISES;
  const past = Math.min(to - from, Math.max(0, learnedDays - from));
  const share = Math.log(past + 1) / Math.log(to - from + 1);
  if (share === 1) return USUAL_SCALE;
  const between = (part: keyof ScoreScale) => FIRST_SCALE[part] + share * (USUAL_SCALE[part] - FIRST_SCALE[part]);
  return { oncePerThousand: between("oncePerThousand"), decayPerUnit: between("decayPerUnit") };
}

/** Scores from which on somebody is told, and how rare scores are in this fleet. */
export interface Thresholds {
  readonly page: number;
  readonly notice: number;
  readonly scale: ScoreScale;
  /** Days on record of the fleet. */
  readonly learnedDays: number;
}

/** Whatever a fleet says of itself, no threshold is lower or higher than that of a usual fleet by more than this. */
const MOST_DOWN = 1;
const MOST_UP = 2;

/**
 * Thresholds for the stated budgets, in false pages and notices per 1,000 key-days.
 * @param scale how rare scores are in the fleet
 * @param learnedDays days of it on record: what it says of itself is compared with other fleets of which as many are
 */
export function thresholds(
  pageBudget: number,
  noticeBudget: number,
  scale: ScoreScale = USUAL_SCALE,
  learnedDays: number = SCALE_RISES.to,
): Thresholds {
  const usual = usualScale(learnedDays);
  // Score above which legitimate traffic comes `budget` times per 1,000 key-days.
  const thresholdFor = (budget: number) => {
    const ofOthers = scoreOnceIn(1000 / budget, usual);
    return Math.min(ofOthers + MOST_UP, Math.max(ofOthers - MOST_DOWN, scoreOnceIn(1000 / budget, scale)));
  };
  // As scores are rounded: what is as rare as the budget is no rarer than it.
  const page = round6(thresholdFor(pageBudget));
  return { page, notice: Math.min(round6(thresholdFor(noticeBudget)), page), scale, learnedDays };
}

/**
 * From which scores on a key teaches less: from `notice` on no network ages on that day, from `page` on it teaches nothing until it was clean for a day.
 * They are those of a budget of 1 and 10 in 1,000 key-days, or of a larger one: how rarely somebody wants to be woken says nothing of what is an attack.
 */
export function teachingLimits({ page, notice }: Thresholds): Pick<Thresholds, "page" | "notice"> {
  return { page: Math.min(page, scoreOnceIn(1000)), notice: Math.min(notice, scoreOnceIn(100)) };
}

/** Severity of a score, or null when nobody needs to be told: a page is critical from where ten times fewer would be false. */
export function severityOf(score: number, { page, notice, scale }: Thresholds): Severity | null {
  if (score >= page + Math.log(10) / scale.decayPerUnit) return "critical";
  if (score >= page) return "error";
  return score >= notice ? "warning" : null;
}

/** One false alarm of at least this score is expected in so many key-days. */
export function keyDaysPerFalseAlarm(score: number, scale: ScoreScale = USUAL_SCALE): number {
  return 1000 * Math.exp((score - scale.oncePerThousand) * scale.decayPerUnit);
}

/**
 * What a finding keeps of its score: how rare it is, and from which scores on it is told.
 * @param page null where it never is one
 */
export function rarityOf(score: number, { notice, page, scale }: ScoreThresholds & Pick<Thresholds, "scale">) {
  return {
    expected_once_in_key_days: Math.round(keyDaysPerFalseAlarm(score, scale)),
    thresholds: { notice: round6(notice), page: page === null ? null : round6(page) },
  };
}

/** The score that legitimate traffic reaches once in so many key-days: the inverse of keyDaysPerFalseAlarm. */
export function scoreOnceIn(keyDays: number, scale: ScoreScale = USUAL_SCALE): number {
  return scale.oncePerThousand + Math.log(keyDays / 1000) / scale.decayPerUnit;
}

import type { FleetDay } from "../model/finding/fleet-day.js";
import { budgetInForce, type AlarmBudget } from "./alarm-budget.js";
import { scaleOf } from "./fleet-tail.js";
import { keyDaysPerFalseAlarm, scoreOnceIn, SCALE_RISES, usualScale } from "./threshold.js";

const YEAR_DAYS = 365;
/** Whatever the budget, a key is contained only by what is so many times rarer than a page: from where on a page is critical. */
const RARER_THAN_A_PAGE = 10;
/** A fleet that is on record for less knows too little of itself: its scores are not yet what they stay. */
const LEAST_LEARNED_DAYS = SCALE_RISES.to;

/** A budget of false containments with the score that it comes to. */
export interface ContainmentBudget {
  readonly falsePerYear: number;
  /** Score from which on a key is contained without a person; null: none is. */
  readonly threshold: number | null;
  /** Score of a page, in the same fleet. */
  readonly page: number;
  /** False containments to be expected in a year, of the whole fleet; null where none is contained. */
  readonly expectedPerYear: number | null;
  /** Why none is contained, whatever its score. */
  readonly never: "no budget" | "fleet unknown" | null;
}

/**
 * The score that legitimate traffic of a fleet reaches as often in a year as is accepted, by the scale of pages (docs/detection.md, 8). Rarer than what was
 * measured is extrapolated, and a fleet whose own tail is lighter than usual is not believed: both only contain less.
 */
export function containmentBudget(falsePerYear: number, pages: AlarmBudget, fleet: FleetDay | null): ContainmentBudget {
  const { page } = budgetInForce(pages, fleet).thresholds;
  const never =
    falsePerYear === 0 ? "no budget" : (fleet?.learnedDays ?? 0) < LEAST_LEARNED_DAYS ? "fleet unknown" : null;
  if (fleet === null || never !== null) return { falsePerYear, threshold: null, page, expectedPerYear: null, never };
  const keyDays = YEAR_DAYS * Math.max(1, fleet.watchedKeys);
  const scales = [usualScale(fleet.learnedDays), scaleOf(fleet) ?? usualScale(fleet.learnedDays)];
  const threshold = Math.max(
    ...scales.map((scale) => scoreOnceIn(keyDays / falsePerYear, scale)),
    ...scales.map(({ decayPerUnit }) => page + Math.log(RARER_THAN_A_PAGE) / decayPerUnit),
  );
  const expectedPerYear = Math.max(...scales.map((scale) => keyDays / keyDaysPerFalseAlarm(threshold, scale)));
  return { falsePerYear, threshold, page, expectedPerYear, never };
}

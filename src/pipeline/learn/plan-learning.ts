import type { LearnableDay } from "../../store/learn/learned-days.js";
import { HOUR_MS } from "../../time/day.js";

/** How far back closed days are learned: lags need four weeks, and the history of surprises as much again before it is complete. */
export const LEARNED_DAYS = 60;
/** A learned day is learned again for so many new event rows, when they are also this share of those that it had. */
const LATE_ROWS = 1000;
const LATE_SHARE = 0.005;
/** What came late has learning begin again after an hour at the earliest, and never for more than a quarter of the time. */
const AGAIN_AFTER_MS = HOUR_MS;
const REST_PER_COST = 3;

/** What is to be learned, and what waits for its time. */
export interface LearningPlan {
  /** The day to learn now. */
  readonly next: LearnableDay | null;
  /** Days with rows that baselines lack, oldest first; they wait until `notBefore` (epoch ms). */
  readonly lacking: readonly LearnableDay[];
  readonly notBefore: number;
}

/** Few rows that came late are left out, unless somebody asks for them. */
export type LateRows = "many" | "any";

/**
 * Plans learning at an instant (epoch ms), of days oldest first. A day that has ended since comes first, then days that stand on one that
 * was learned after them; whatever else came late, be it rows of 60 days, begins that at most once an hour.
 */
export function planLearning(days: readonly LearnableDay[], now: number, lateRows: LateRows = "many"): LearningPlan {
  const learnedAt = Math.max(0, ...days.map((day) => day.learnedAt));
  const costMs = days.reduce((sum, day) => sum + day.learnedInMs, 0);
  const notBefore = learnedAt + Math.max(AGAIN_AFTER_MS, REST_PER_COST * costMs);
  const newest = days.findLastIndex(isLearned);
  const follows = days.find((day, i) => i > 0 && isLearned(day) && day.learnedAt < days[i - 1]!.learnedAt);
  const lacking = days.filter((day, i) => (isLearned(day) ? isLacking(day, lateRows) : i < newest));
  // What was learned at an instant to come was so by another clock, which says nothing of how long ago that is.
  const mayBegin = now >= notBefore || learnedAt > now;
  return { next: days[newest + 1] ?? follows ?? (mayBegin ? (lacking[0] ?? null) : null), lacking, notBefore };
}

const isLearned = ({ learnedEvents }: LearnableDay) => learnedEvents >= 0;

/** Rows of learned days that came after these were learned and are too few to have them learned again: how many, and of how many days. */
export function fewLateRows(days: readonly LearnableDay[]): { readonly rows: number; readonly days: number } {
  const few = days.filter((day) => isLearned(day) && isLacking(day, "any") && !isLacking(day, "many"));
  return { rows: few.reduce((sum, { events, learnedEvents }) => sum + events - learnedEvents, 0), days: few.length };
}

function isLacking({ events, learnedEvents }: LearnableDay, lateRows: LateRows): boolean {
  const late = events - learnedEvents;
  if (lateRows === "any") return late > 0;
  return late >= LATE_ROWS && late > LATE_SHARE * learnedEvents;
}

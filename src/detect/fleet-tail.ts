import { TAIL_DAYS, type FleetDay, type FleetTail } from "../model/finding/fleet-day.js";
import { round6 } from "../model/round.js";
import { scoreOnceIn, USUAL_SCALE, type ScoreScale } from "./threshold.js";

const KEY_DAYS_PER_SCORE = 100;
/** A tail is measured from the score on that one key-day in a hundred reaches in a usual fleet: what is higher is still common enough to be counted. */
export const TAIL_FROM = scoreOnceIn(KEY_DAYS_PER_SCORE);
/** A fleet with fewer key-days does not speak for itself. */
const LEAST_KEY_DAYS = 2000;
/** What is known of fleets in general counts as much as so many scores of this one. */
const PRIOR_SCORES = 5;
/** Of how fast the rate falls nothing is learned from scores that lie this close together. */
const LEAST_REACH = 2;
const DECAYS = { least: 0.2, most: 3 } as const;
const BISECTIONS = 40;

/**
 * How rare scores are in a fleet, from its own tail. Scores above a threshold fall off exponentially (the tail of a generalised Pareto distribution
 * with shape 0: Coles 2001, An Introduction to Statistical Modeling of Extreme Values, 4.2); those that paged are known only as far as a person called them benign, so
 * that what is below is a sample cut off at the page threshold, of which the decay `d` solves `mean excess = 1/d - L/(e^(dL) - 1)`. Where people called more pages
 * benign than that leaves room for, they are believed. Null while too little is on record.
 */
export function scaleOf({ learnedDays, tail }: Pick<FleetDay, "learnedDays" | "tail">): ScoreScale | null {
  if (learnedDays < TAIL_DAYS || tail.keyDays < LEAST_KEY_DAYS) return null;
  const reach = tail.until - TAIL_FROM;
  const usual = USUAL_SCALE.decayPerUnit;
  const saysHowFast = reach >= LEAST_REACH;
  const measured = saysHowFast ? decayOf(tail, reach) : usual;
  const below = tail.below + PRIOR_SCORES * shareBelow(usual, reach);
  const all = Math.max(below / shareBelow(measured, reach), below + tail.benignPages);
  const perThousand = (1000 * all) / (tail.keyDays + PRIOR_SCORES * KEY_DAYS_PER_SCORE);
  const slowest = tail.benignPages === 0 ? Infinity : Math.log(all / tail.benignPages) / reach;
  const decayPerUnit = saysHowFast ? Math.min(measured, slowest) : usual;
  return { oncePerThousand: TAIL_FROM + Math.log(perThousand) / decayPerUnit, decayPerUnit };
}

/** The decay under which a sample that is cut off at `reach` has this mean, by bisection: the mean falls as the decay grows. */
function decayOf({ below, excess }: FleetTail, reach: number): number {
  const mean = (excess + PRIOR_SCORES * meanBelow(USUAL_SCALE.decayPerUnit, reach)) / (below + PRIOR_SCORES);
  let { least, most }: { least: number; most: number } = DECAYS;
  for (let i = 0; i < BISECTIONS; i += 1) {
    const middle = (least + most) / 2;
    if (meanBelow(middle, reach) > mean) least = middle;
    else most = middle;
  }
  return round6((least + most) / 2);
}

const shareBelow = (decay: number, reach: number) => -Math.expm1(-decay * reach);
const meanBelow = (decay: number, reach: number) => 1 / decay - reach / Math.expm1(decay * reach);

import type { Weights } from "../../../src/detect/experts.js";
import { Random } from "../../../src/local/simulator/random.js";
import { MINUTE_MS } from "../../../src/time/day.js";
import { evolve } from "./evolve.js";
import { SHIPPED, vectorOf, weightsOf } from "./expert-weights.js";
import type { WeightTrial } from "./weight-trial.js";

/** False alarms per 1,000 key-days at which weights are judged, rising, and what each counts. */
const JUDGED_AT = [
  { budget: 0.4, counts: 0.7 },
  { budget: 0.7, counts: 1 },
  { budget: 1.5, counts: 1 },
  { budget: 3, counts: 1 },
  { budget: 6, counts: 1 },
  { budget: 10, counts: 0.5 },
] as const;
export const BUDGETS = JUDGED_AT.map(({ budget }) => budget);
/** What a unit of any weight or offset costs: of what adds nothing, nothing is left. */
const COST_OF_WEIGHT = 0.0002;
/**
 * What it costs when the score from which on there are so many false alarms moves by one: all weights may be halved and find the same, but then a
 * limit for one of them is none, and no score could be compared with one of before.
 */
const COST_OF_SHIFT = 0.005;
const HELD_AT = BUDGETS.indexOf(3);
const SEED = 5;

/** How good weights are: the mean share of thefts found, over delays and budgets. */
export function qualityOf(recalls: readonly (readonly number[])[]): number {
  const all = JUDGED_AT.reduce((sum, { counts }) => sum + counts, 0);
  const mean = (shares: readonly number[]) => shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return recalls.reduce((sum, shares, i) => sum + JUDGED_AT[i]!.counts * mean(shares), 0) / all;
}

/** Weights that find the most, from those that are shipped on: what so many minutes of search come to, in hundredths. */
export function fitWeights(
  trial: WeightTrial,
  { minutes, mostRoute }: { readonly minutes: number; readonly mostRoute: number },
): { readonly generations: number; readonly weights: Weights } {
  const held = trial.resultOf(SHIPPED, BUDGETS).thresholds[HELD_AT]!;
  const valueOf = (vector: readonly number[]) => {
    const { recalls, thresholds } = trial.resultOf(weightsOf(vector, mostRoute), BUDGETS);
    const size = vector.reduce((sum, one) => sum + Math.abs(one), 0);
    return qualityOf(recalls) - COST_OF_WEIGHT * size - COST_OF_SHIFT * Math.abs(thresholds[HELD_AT]! - held);
  };
  const until = performance.now() + minutes * MINUTE_MS;
  for (const { generation, best } of evolve(vectorOf(SHIPPED), valueOf, new Random(SEED, "weights"))) {
    if (performance.now() < until) continue;
    const rounded = vectorOf(weightsOf(best, mostRoute)).map((one) => Math.round(100 * one) / 100);
    return { generations: generation, weights: weightsOf(rounded, mostRoute) };
  }
  throw new Error("a search ends when its time is over");
}

import type { Random } from "../../../src/local/simulator/random.js";

/** Candidates of a generation, and how many of the best lead on. */
const CANDIDATES = 16;
const PARENTS = 5;
/** How far a candidate is from the mean at first, and the bounds of that. */
const FIRST_STEP = 0.12;
const LEAST_STEP = 0.015;
const MOST_STEP = 0.3;
/** Where more than this share of a generation is better than its mean was, steps grow, and how fast. */
const USUAL_SUCCESS = 0.3;
const STEP_RATE = 0.3;
/** How much of the variances is of the newest generation. */
const VARIANCE_RATE = 0.1;

/** The best mean of all generations so far. */
export interface Evolved {
  readonly generation: number;
  readonly best: readonly number[];
  readonly value: number;
}

/**
 * Looks for the highest value of a function by an evolution strategy with a step for each coordinate, after Ros and Hansen (A Simple Modification in CMA-ES Achieving
 * Linear Time and Space Complexity, 2008), generation after generation for as long as somebody asks. The same random numbers lead the same way.
 */
export function* evolve(
  start: readonly number[],
  valueOf: (vector: readonly number[]) => number,
  random: Random,
): Generator<Evolved, never, undefined> {
  const shares = sharesOfParents();
  let mean = start;
  let value = valueOf(mean);
  let best = { best: mean, value };
  let variances = mean.map(() => 1);
  let step = FIRST_STEP;
  for (let generation = 1; ; generation += 1) {
    const stepped = (by: readonly number[]) => mean.map((x, i) => x + step * Math.sqrt(variances[i]!) * by[i]!);
    const candidates = Array.from({ length: CANDIDATES }, () => {
      const by = mean.map(() => random.normal());
      return { by, value: valueOf(stepped(by)) };
    });
    const parents = candidates.toSorted((a, b) => b.value - a.value).slice(0, PARENTS);
    const ofParents = (of: (x: number) => number) =>
      mean.map((_, i) => parents.reduce((sum, { by }, rank) => sum + shares[rank]! * of(by[i]!), 0));
    const better = candidates.filter((one) => one.value > value).length / CANDIDATES;
    mean = stepped(ofParents((x) => x));
    const seen = ofParents((x) => x * x);
    variances = scaled(variances.map((variance, i) => variance * (1 - VARIANCE_RATE + VARIANCE_RATE * seen[i]!)));
    step = Math.min(MOST_STEP, Math.max(LEAST_STEP, step * Math.exp(STEP_RATE * (better - USUAL_SUCCESS))));
    value = valueOf(mean);
    if (value > best.value) best = { best: mean, value };
    yield { generation, ...best };
  }
}

/** The better a parent, the more of the next mean is its; together 1. */
function sharesOfParents(): number[] {
  const logs = Array.from({ length: PARENTS }, (_, rank) => Math.log(PARENTS + 0.5) - Math.log(rank + 1));
  const sum = logs.reduce((total, one) => total + one, 0);
  return logs.map((one) => one / sum);
}

/** Of geometric mean 1: how far steps go in all is not theirs to say. */
function scaled(variances: readonly number[]): number[] {
  const mean = variances.reduce((sum, one) => sum + Math.log(one), 0) / variances.length;
  return variances.map((one) => one / Math.exp(mean));
}

import { expertsOf, type Weights } from "../../../src/detect/experts.js";
import { NO_SURPRISES } from "../../../src/detect/window-surprises.js";
import { WINDOW_MINUTES } from "../../../src/model/finding/window.js";
import { keyDays } from "./digest.js";
import { readSurprises, ROW, type KeptKey, type MutableSurprises } from "./kept-ticks.js";
import { DELAYS } from "./protocol.js";

/** What weights come to: from which score on there are so many false alarms, and which share of thefts is found from there on within each of DELAYS. */
export interface TrialResult {
  readonly thresholds: readonly number[];
  readonly recalls: readonly (readonly number[])[];
}

const surprises: MutableSurprises = { ...NO_SURPRISES };

/** The score of the kept tick that begins at `from`, as fuse() gives it, not rounded and below 0 where it is. */
export function scoreUnder(experts: ReturnType<typeof expertsOf>, rows: Float32Array, from: number): number {
  let best = -Infinity;
  for (let w = 0; w < WINDOW_MINUTES.length; w += 1) {
    readSurprises(surprises, rows, from, w);
    best = Math.max(
      best,
      experts.newcomer.scoreOf(surprises, w),
      experts.program.scoreOf(surprises, w),
      experts.known_network.scoreOf(surprises, w),
    );
  }
  return best;
}

/** Tries weights on what was kept of some keys. */
export class WeightTrial {
  readonly keyDays: number;
  readonly thefts: number;
  readonly ticks: number;
  readonly #keys: readonly KeptKey[];

  constructor(keys: readonly KeptKey[]) {
    const sum = (of: (key: KeptKey) => number) => keys.reduce((total, key) => total + of(key), 0);
    this.#keys = keys;
    this.keyDays = keyDays(sum(({ benignTicks }) => benignTicks));
    this.thefts = sum(({ thefts }) => thefts);
    this.ticks = sum(({ rows }) => rows.length / ROW.length);
  }

  /** What weights come to at budgets of false alarms per 1,000 key-days, the smallest first. A false alarm is a run of days. */
  resultOf(weights: Weights, budgets: readonly number[]): TrialResult {
    const experts = expertsOf(weights);
    const runs = { above: [] as number[], upTo: [] as number[] };
    const found = new Float64Array(this.thefts * DELAYS.length).fill(-Infinity);
    let firstTheft = 0;
    for (const { rows, thefts } of this.#keys) {
      const highest = new Map<number, number>();
      for (let from = 0; from < rows.length; from += ROW.length) {
        const score = scoreUnder(experts, rows, from);
        const theft = rows[from + ROW.theft]!;
        if (theft < 0) {
          const day = rows[from + ROW.day]!;
          highest.set(day, Math.max(highest.get(day) ?? 0, score));
          continue;
        }
        for (let d = 0; d < DELAYS.length; d += 1) {
          const at = (firstTheft + theft) * DELAYS.length + d;
          if (rows[from + ROW.delay]! <= DELAYS[d]! && score > found[at]!) found[at] = score;
        }
      }
      for (const [day, upTo] of highest) {
        const above = highest.get(day - 1) ?? 0;
        if (above >= upTo) continue;
        runs.above.push(above);
        runs.upTo.push(upTo);
      }
      firstTheft += thefts;
    }
    const thresholds = thresholdsFor(
      runs,
      budgets.map((budget) => (budget * this.keyDays) / 1000),
    );
    const recalls = thresholds.map((threshold) => DELAYS.map((_, d) => this.#shareFrom(found, d, threshold)));
    return { thresholds, recalls };
  }

  #shareFrom(found: Float64Array, delay: number, threshold: number): number {
    let count = 0;
    for (let at = delay; at < found.length; at += DELAYS.length) if (found[at]! >= threshold) count += 1;
    return this.thefts === 0 ? 0 : count / this.thefts;
  }
}

/** For each number of alarms, rising, the lowest score from which on there are not more. An alarm is under each threshold above one score and up to another. */
function thresholdsFor(
  runs: { readonly above: readonly number[]; readonly upTo: readonly number[] },
  allowed: readonly number[],
): number[] {
  const [above, upTo] = [Float64Array.from(runs.above).sort(), Float64Array.from(runs.upTo).sort()];
  let lowest = (upTo.at(-1) ?? 0) * (1 + 1e-6);
  let [ended, begun] = [above.length, upTo.length];
  return allowed.map((most) => {
    while (begun > 0) {
      const at = upTo[begun - 1]!;
      let [nextEnded, nextBegun] = [ended, begun];
      while (nextBegun > 0 && upTo[nextBegun - 1] === at) nextBegun -= 1;
      while (nextEnded > 0 && above[nextEnded - 1]! >= at) nextEnded -= 1;
      if (nextEnded - nextBegun > most) break;
      [ended, begun, lowest] = [nextEnded, nextBegun, at];
    }
    return lowest;
  });
}

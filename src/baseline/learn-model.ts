import type { Baseline } from "../model/finding/baseline.js";
import { round6 } from "../model/round.js";
import { SLOTS_PER_DAY, WINDOW_MINUTES, type PerWindow } from "../model/finding/window.js";
import { combine, type Predictions } from "./expectation.js";

/** Half-lives in days, starting values and bounds of docs/detection.md, 4. */
const LEVEL_HALF_LIFE_DAYS = 2;
const LOSS_HALF_LIFE_DAYS = 5;
const LEVEL_BOUND = 0.7;
const LOSS_BOUND = 2;
const FIRST_LOSS = 0.15;
const NOISE_MEMORY_DAYS = 10;
const OUTLIER = 6.25;
export const FIRST_NOISE = [0.25, 0.22, 0.2, 0.16, 0.35, 0.3, 0.25, 0.2].map((tau) => tau ** 2);
export const FIRST_NOISE_DAYS = [0.5, 1, 2, 3, 0.5, 1, 2, 3];

/** The part of a baseline that is learned tick by tick. */
export type Model = Pick<Baseline, "levels" | "losses" | "noise" | "noiseDays">;

/** What a key knows before its first day. */
export const FIRST_MODEL: Model = {
  levels: [0, 0, 0],
  losses: [FIRST_LOSS, FIRST_LOSS, FIRST_LOSS],
  noise: FIRST_NOISE,
  noiseDays: FIRST_NOISE_DAYS,
};

/** What happened in the windows before one five-minute tick. */
export interface LearnedTick {
  readonly requests: PerWindow;
  /** Spend in requests of usual cost; null when the key has no known cost. */
  readonly costEquivalents: PerWindow | null;
  readonly predictions: Predictions;
}

/** The model after the ticks of one day, oldest first. */
export function learnModel(before: Model, ticks: Iterable<LearnedTick>): Model {
  const model = {
    levels: [...before.levels],
    losses: [...before.losses],
    noise: [...before.noise],
    noiseDays: [...before.noiseDays],
  };
  for (const tick of ticks) {
    const expectation = combine(model, tick.predictions);
    if (expectation === null) continue;
    const { requests: expected, rateVariance, spendVariance } = expectation;
    learnNoise(model, [
      { actual: tick.requests, expected, variance: rateVariance },
      tick.costEquivalents === null ? null : { actual: tick.costEquivalents, expected, variance: spendVariance },
    ]);
    learnPredictors(model, tick);
  }
  return {
    levels: model.levels.map(round6),
    losses: model.losses.map(round6),
    noise: model.noise.map(round6),
    noiseDays: model.noiseDays.map(round6),
  };
}

interface Draft {
  levels: number[];
  losses: number[];
  noise: number[];
  noiseDays: number[];
}

function learnPredictors(model: Draft, tick: LearnedTick): void {
  for (const [e, prediction] of tick.predictions.entries()) {
    if (prediction === null) continue;
    const corrected = prediction[1] * Math.exp(model.levels[e]!);
    const loss = Math.min(LOSS_BOUND, Math.log((tick.requests[1] + 1) / (corrected + 1)) ** 2);
    model.losses[e]! += perTick(LOSS_HALF_LIFE_DAYS) * (loss - model.losses[e]!);
    const level = Math.log((tick.requests[3] + 3) / (prediction[3] + 3));
    model.levels[e]! +=
      perTick(LEVEL_HALF_LIFE_DAYS) * (Math.max(-LEVEL_BOUND, Math.min(LEVEL_BOUND, level)) - model.levels[e]!);
  }
}

/** A running estimate of the variance of log residuals beyond counting noise: four windows of rate, then four of spend. */
export interface NoiseDraft {
  readonly noise: number[];
  readonly noiseDays: number[];
}

/** What was counted in the windows of one tick, against what was expected. */
export interface Counted {
  readonly actual: PerWindow;
  readonly expected: PerWindow;
  readonly variance: PerWindow;
}

/** Takes one tick into a noise estimate: `kind` 0 is rate, 1 is spend (docs/detection.md, 4). */
export function learnNoise(model: NoiseDraft, counted: readonly (Counted | null)[]): void {
  for (const [kind, series] of counted.entries()) {
    if (series === null) continue;
    const { actual, variance } = series;
    for (let w = 0; w < WINDOW_MINUTES.length; w += 1) {
      const expected = series.expected[w]!;
      const squared = Math.min(Math.log((actual[w]! + 1) / (expected + 1)) ** 2, OUTLIER * variance[w]!);
      const beyondCounting = Math.max(0, squared - 1 / (expected + 1));
      const i = kind * WINDOW_MINUTES.length + w;
      const days = model.noiseDays[i]! + 1 / SLOTS_PER_DAY;
      model.noise[i]! += (beyondCounting - model.noise[i]!) / (days * SLOTS_PER_DAY);
      model.noiseDays[i] = Math.min(days, NOISE_MEMORY_DAYS);
    }
  }
}

function perTick(halfLifeDays: number): number {
  return 1 - 2 ** (-1 / (halfLifeDays * SLOTS_PER_DAY));
}

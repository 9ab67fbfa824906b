import type { Baseline } from "../model/finding/baseline.js";
import { round6 } from "../model/round.js";
import { SLOTS_PER_DAY, WINDOW_MINUTES } from "../model/finding/window.js";
import { blend, blendOf } from "./expectation.js";
import type { DayPredictions } from "./predict-day.js";

/** Half-lives in days, starting values and bounds of docs/detection.md, 4. */
const LEVEL_HALF_LIFE_DAYS = 2;
const LOSS_HALF_LIFE_DAYS = 5;
const LEVEL_BOUND = 0.7;
const LOSS_BOUND = 2;
const FIRST_LOSS = 0.15;
const NOISE_MEMORY_DAYS = 10;
const OUTLIER = 6.25;
const WINDOWS = WINDOW_MINUTES.length;
const perTick = (halfLifeDays: number) => 1 - 2 ** (-1 / (halfLifeDays * SLOTS_PER_DAY));
const [LEVEL_STEP, LOSS_STEP] = [perTick(LEVEL_HALF_LIFE_DAYS), perTick(LOSS_HALF_LIFE_DAYS)];
/** A predictor that knows nothing all day. */
const NOTHING_KNOWN = new Float64Array(WINDOWS * SLOTS_PER_DAY).fill(NaN);
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

/** What happened in the windows before the ticks of a day, and what was expected: four numbers a tick, tick by tick. */
export interface TaughtDay {
  /** By tick: 1 where it may teach. */
  readonly teaches: Uint8Array;
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  /** Usual micro-dollars of a request; 0 when the key has no known cost. */
  readonly spendPerRequest: number;
  readonly predictions: DayPredictions;
}

/** The model after the ticks of one day. */
export function learnModel(before: Model, day: TaughtDay | null): Model {
  const model = {
    levels: [...before.levels],
    losses: [...before.losses],
    noise: [...before.noise],
    noiseDays: [...before.noiseDays],
  };
  if (day !== null) {
    for (let tick = 0; tick < day.teaches.length; tick += 1) if (day.teaches[tick] === 1) learnTick(model, day, tick);
  }
  return {
    levels: model.levels.map(round6),
    losses: model.losses.map(round6),
    noise: model.noise.map(round6),
    noiseDays: model.noiseDays.map(round6),
  };
}

interface Draft extends NoiseDraft {
  readonly levels: number[];
  readonly losses: number[];
}

function learnTick(model: Draft, day: TaughtDay, tick: number): void {
  const { requests, spendMicros, spendPerRequest, predictions } = day;
  const weekly = predictions.weekly ?? NOTHING_KNOWN;
  const daily = predictions.daily ?? NOTHING_KNOWN;
  const flat = predictions.flat ?? NOTHING_KNOWN;
  const of = blendOf(model);
  const from = WINDOWS * tick;
  // Who knows one window knows all.
  if (Number.isNaN(blend(of, weekly[from]!, daily[from]!, flat[from]!))) return;
  for (let w = 0; w < WINDOWS; w += 1) {
    const at = from + w;
    const expected = blend(of, weekly[at]!, daily[at]!, flat[at]!);
    learnNoise(model, w, requests[at]!, expected);
    if (spendPerRequest > 0) learnNoise(model, WINDOWS + w, spendMicros[at]! / spendPerRequest, expected);
  }
  const [hour, longest] = [requests[from + 1]!, requests[from + 3]!];
  for (let e = 0; e < 3; e += 1) {
    const predicted = e === 0 ? weekly : e === 1 ? daily : flat;
    if (Number.isNaN(predicted[from]!)) continue;
    const corrected = predicted[from + 1]! * of.growth[e]!;
    const loss = Math.min(LOSS_BOUND, Math.log((hour + 1) / (corrected + 1)) ** 2);
    model.losses[e]! += LOSS_STEP * (loss - model.losses[e]!);
    const level = Math.log((longest + 3) / (predicted[from + 3]! + 3));
    model.levels[e]! += LEVEL_STEP * (Math.max(-LEVEL_BOUND, Math.min(LEVEL_BOUND, level)) - model.levels[e]!);
  }
}

/** A running estimate of the variance of log residuals beyond counting noise: four windows of rate, then four of spend. */
export interface NoiseDraft {
  readonly noise: number[];
  readonly noiseDays: number[];
}

/** Takes what was counted in one window against what was expected into the noise estimate `i` (docs/detection.md, 4). */
export function learnNoise({ noise, noiseDays }: NoiseDraft, i: number, actual: number, expected: number): void {
  const counting = 1 / (expected + 1);
  const squared = Math.min(Math.log((actual + 1) / (expected + 1)) ** 2, OUTLIER * (counting + noise[i]!));
  const beyondCounting = Math.max(0, squared - counting);
  const days = noiseDays[i]! + 1 / SLOTS_PER_DAY;
  noise[i]! += (beyondCounting - noise[i]!) / (days * SLOTS_PER_DAY);
  noiseDays[i] = Math.min(days, NOISE_MEMORY_DAYS);
}

import type { Baseline, Expectation } from "../model/baseline.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES } from "../model/window.js";

/** The better a predictor did lately, the more it counts: weight (loss + 0.004)^-3 (specification 3.4). */
const LOSS_FLOOR = 0.004;
const LOSS_POWER = -3;

/** What each predictor (weekly, daily, flat) expects per window, before its level correction; null when it knows nothing. */
export type Predictions = readonly (readonly [number, number, number, number] | null)[];

/** Expected requests of the windows that end at `at` (epoch ms), by each predictor of a baseline. */
export function predict(baseline: Baseline, at: number): Predictions {
  const position = (at - Date.parse(`${baseline.day}T00:00:00Z`)) / SLOT_MS;
  return [slotSums(baseline.weekly, position), slotSums(baseline.daily, position), flatSums(baseline.flat)];
}

/** Combines the predictions of a baseline; null when no predictor knows anything yet. */
export function expect(baseline: Baseline, at: number): Expectation | null {
  return combine(baseline, predict(baseline, at));
}

/** Combines given predictions under a baseline's levels, losses and noise. */
export function combine(
  model: Pick<Baseline, "levels" | "losses" | "noise">,
  predictions: Predictions,
): Expectation | null {
  if (predictions.every((prediction) => prediction === null)) return null;
  const requests = perWindow((w) => {
    let [weights, sum] = [0, 0];
    for (const [e, prediction] of predictions.entries()) {
      if (prediction === null) continue;
      const weight = weightOf(model.losses[e]!);
      weights += weight;
      sum += weight * prediction[w]! * Math.exp(model.levels[e]!);
    }
    return sum / weights;
  });
  return {
    requests,
    rateVariance: perWindow((w) => 1 / (requests[w]! + 1) + model.noise[w]!),
    spendVariance: perWindow((w) => 1 / (requests[w]! + 1) + model.noise[WINDOW_MINUTES.length + w]!),
  };
}

/** Sums of the slots before `position`; the two slots at a window's ends count by the share that lies inside. */
function slotSums(slots: readonly number[], position: number): readonly [number, number, number, number] | null {
  if (slots.length === 0 || position > slots.length || position < SLOTS_PER_DAY) return null;
  return perWindow((w) => sumBetween(slots, position - (WINDOW_MINUTES[w]! * 60_000) / SLOT_MS, position));
}

function sumBetween(slots: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = Math.floor(from); i < to; i += 1) {
    const share = Math.min(i + 1, to) - Math.max(i, from);
    sum += share * (slots[i] ?? 0);
  }
  return sum;
}

function flatSums(flat: number): readonly [number, number, number, number] | null {
  return flat < 0 ? null : perWindow((w) => (flat * WINDOW_MINUTES[w]! * 60_000) / SLOT_MS);
}

/** Requests expected in each minute of a span (epoch ms, half-open, whole minutes); zeros where nothing is known. */
export function expectedMinutes(baseline: Baseline | null, from: number, to: number): number[] {
  const minutes = Array.from({ length: Math.round((to - from) / 60_000) }, (_, i) => from + i * 60_000);
  if (baseline === null) return minutes.map(() => 0);
  const origin = Date.parse(`${baseline.day}T00:00:00Z`);
  const flat = baseline.flat < 0 ? undefined : baseline.flat;
  return minutes.map((at) => {
    const slot = Math.floor((at - origin) / SLOT_MS);
    let [weights, sum] = [0, 0];
    for (const [e, perSlot] of [baseline.weekly[slot], baseline.daily[slot], flat].entries()) {
      if (perSlot === undefined) continue;
      const weight = weightOf(baseline.losses[e]!);
      weights += weight;
      sum += weight * perSlot * Math.exp(baseline.levels[e]!);
    }
    return weights === 0 ? 0 : ((sum / weights) * 60_000) / SLOT_MS;
  });
}

function weightOf(loss: number): number {
  return (loss + LOSS_FLOOR) ** LOSS_POWER;
}

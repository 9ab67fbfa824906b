import { type Baseline, type Expectation, withNoise } from "../model/finding/baseline.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES } from "../model/finding/window.js";
import { MINUTE_MS } from "../time/day.js";
import { prefixSums } from "./slide-windows.js";

/** The better a predictor did lately, the more it counts: weight (loss + 0.004)^-3 (docs/detection.md, 4). */
const LOSS_FLOOR = 0.004;
const LOSS_POWER = -3;

/** What each predictor (weekly, daily, flat) expects per window, before its level correction; null when it knows nothing. */
type Predictions = readonly (readonly [number, number, number, number] | null)[];

/**
 * Expected requests of the windows that end at `at` (epoch ms), by each predictor of a baseline.
 * @param shares share of each slot that is known, from the baseline's day on (heardShares); null when all of it is
 */
function predict(baseline: Baseline, at: number, shares: Float64Array | null = null): Predictions {
  const position = (at - Date.parse(`${baseline.day}T00:00:00Z`)) / SLOT_MS;
  return [
    slotSums(baseline.weekly, position, shares),
    slotSums(baseline.daily, position, shares),
    flatSums(baseline.flat, position, shares),
  ];
}

/** Combines the predictions of a baseline; null when no predictor knows anything yet. */
export function expect(baseline: Baseline, at: number, shares: Float64Array | null = null): Expectation | null {
  return combine(baseline, predict(baseline, at, shares));
}

/** Combines given predictions under a baseline's levels, losses and noise. */
function combine(model: Pick<Baseline, "levels" | "losses" | "noise">, predictions: Predictions): Expectation | null {
  if (predictions.every((prediction) => prediction === null)) return null;
  const of = blendOf(model);
  const [weekly, daily, flat] = predictions;
  const requests = perWindow((w) => blend(of, weekly?.[w] ?? NaN, daily?.[w] ?? NaN, flat?.[w] ?? NaN));
  return withNoise(requests, model.noise);
}

/** Weight and growth of each predictor of a model. */
export interface Blend {
  readonly weights: readonly [number, number, number];
  readonly growth: readonly [number, number, number];
}

/** How the predictors of a model are to be mixed. */
export function blendOf({ levels, losses }: Readonly<Record<"levels" | "losses", ArrayLike<number>>>): Blend {
  return {
    weights: [weightOf(losses[0]!), weightOf(losses[1]!), weightOf(losses[2]!)],
    growth: [Math.exp(levels[0]!), Math.exp(levels[1]!), Math.exp(levels[2]!)],
  };
}

/** The mixed prediction of one window; NaN stands for a predictor that knows nothing, and is what comes of it when none does. */
export function blend({ weights, growth }: Blend, weekly: number, daily: number, flat: number): number {
  let [total, sum] = [0, 0];
  if (!Number.isNaN(weekly)) {
    total += weights[0];
    sum += weights[0] * weekly * growth[0];
  }
  if (!Number.isNaN(daily)) {
    total += weights[1];
    sum += weights[1] * daily * growth[1];
  }
  if (!Number.isNaN(flat)) {
    total += weights[2];
    sum += weights[2] * flat * growth[2];
  }
  return sum / total;
}

type Sums = readonly [number, number, number, number];

/** Sums of the slots before `position`; the two slots at a window's ends count by the share that lies inside. */
function slotSums(slots: readonly number[], position: number, shares: Float64Array | null): Sums | null {
  if (slots.length === 0 || position > slots.length || position < SLOTS_PER_DAY) return null;
  const prefix = shares === null ? prefixOf(slots) : prefixSums(slots.map((requests, i) => requests * shares[i]!));
  const end = sumBefore(prefix, position);
  return perWindow((w) => end - sumBefore(prefix, position - WINDOW_SLOTS[w]!));
}

const WINDOW_SLOTS = perWindow((w) => (WINDOW_MINUTES[w]! * 60_000) / SLOT_MS);

/** Running totals of a snapshot's slots: every tick of a day asks for them. */
const prefixes = new WeakMap<readonly number[], Float64Array>();

function prefixOf(slots: readonly number[]): Float64Array {
  const known = prefixes.get(slots);
  if (known !== undefined) return known;
  const prefix = prefixSums(slots);
  prefixes.set(slots, prefix);
  return prefix;
}

function sumBefore(prefix: Float64Array, position: number): number {
  const whole = Math.floor(position);
  const part = position - whole;
  return part === 0 ? prefix[whole]! : prefix[whole]! + part * (prefix[whole + 1]! - prefix[whole]!);
}

function flatSums(flat: number, position: number, shares: Float64Array | null): Sums | null {
  if (flat < 0) return null;
  if (shares === null || position > shares.length) return perWindow((w) => flat * WINDOW_SLOTS[w]!);
  const known = prefixSums(shares);
  return perWindow((w) => flat * (sumBefore(known, position) - sumBefore(known, position - WINDOW_SLOTS[w]!)));
}

/** Requests expected in each minute of a span (epoch ms, half-open, whole minutes); zeros where nothing is known. */
export function expectedMinutes(baseline: Baseline | null, from: number, to: number): number[] {
  const expected = Array.from({ length: Math.round((to - from) / MINUTE_MS) }, () => 0);
  if (baseline === null) return expected;
  const origin = Date.parse(`${baseline.day}T00:00:00Z`);
  const of = blendOf(baseline);
  const flat = baseline.flat < 0 ? NaN : baseline.flat;
  let [slot, perMinute] = [NaN, 0];
  for (let i = 0; i < expected.length; i += 1) {
    const own = Math.floor((from + i * MINUTE_MS - origin) / SLOT_MS);
    if (own !== slot) {
      const perSlot = blend(of, baseline.weekly[own] ?? NaN, baseline.daily[own] ?? NaN, flat);
      // NaN: no predictor knows anything of this slot.
      [slot, perMinute] = [own, Number.isNaN(perSlot) ? 0 : (perSlot * MINUTE_MS) / SLOT_MS];
    }
    expected[i] = perMinute;
  }
  return expected;
}

function weightOf(loss: number): number {
  return (loss + LOSS_FLOOR) ** LOSS_POWER;
}

import type { Baseline } from "../model/finding/baseline.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../model/finding/window.js";
import { blend, blendOf } from "./expectation.js";
import { prefixSums, SLOTS_PER_WINDOW } from "./slide-windows.js";

/**
 * What each predictor expects in the windows before each of a day's 288 ticks, before its level correction: four numbers a tick, tick by tick. NaN where it
 * knows nothing, null where it never does.
 */
export interface DayPredictions {
  readonly weekly: Float64Array | null;
  readonly daily: Float64Array | null;
  readonly flat: Float64Array | null;
}

/** Where predictions are written, and what they come to: four numbers a tick. */
export interface PredictionColumns {
  readonly weekly: Float64Array;
  readonly daily: Float64Array;
  readonly flat: Float64Array;
  readonly expected: Float64Array;
}

/**
 * What each predictor of a baseline expects at the 288 ticks of a day.
 * @param start epoch ms of the day
 * @param shares share of each slot that is known, from the day before on (observedShares); null when all of it is
 */
export function predictDay(
  baseline: Baseline,
  start: number,
  shares: Float64Array | null,
  into: PredictionColumns,
): DayPredictions {
  const first = (start - Date.parse(`${baseline.day}T00:00:00Z`)) / SLOT_MS + 1;
  return {
    weekly: slotSums(baseline.weekly, first, shares, into.weekly),
    daily: slotSums(baseline.daily, first, shares, into.daily),
    flat: flatSums(baseline.flat, first, shares, into.flat),
  };
}

/** What `expect` gives for the ticks of a day, to the bit: what the predictions come to under a baseline's levels and losses: requests expected in the windows, NaN where nothing is known. */
export function combineDay(
  baseline: Pick<Baseline, "levels" | "losses">,
  { weekly, daily, flat }: DayPredictions,
  { expected }: PredictionColumns,
): Float64Array | null {
  if (weekly === null && daily === null && flat === null) return null;
  const of = blendOf(baseline);
  for (let i = 0; i < expected.length; i += 1) {
    expected[i] = blend(
      of,
      weekly === null ? NaN : weekly[i]!,
      daily === null ? NaN : daily[i]!,
      flat === null ? NaN : flat[i]!,
    );
  }
  return expected;
}

function slotSums(
  slots: ArrayLike<number>,
  first: number,
  shares: Float64Array | null,
  sums: Float64Array,
): Float64Array | null {
  if (slots.length === 0) return null;
  const prefix = shares === null ? prefixSums(slots) : knownSums(slots, shares);
  sums.fill(NaN);
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
    const position = first + tick;
    if (position > slots.length || position < SLOTS_PER_DAY) continue;
    for (let w = 0; w < 4; w += 1) sums[4 * tick + w] = prefix[position]! - prefix[position - SLOTS_PER_WINDOW[w]!]!;
  }
  return sums;
}

/** Running totals of what of each slot is known. */
function knownSums(slots: ArrayLike<number>, shares: Float64Array): Float64Array {
  const prefix = new Float64Array(slots.length + 1);
  for (let i = 0; i < slots.length; i += 1) prefix[i + 1] = prefix[i]! + slots[i]! * shares[i]!;
  return prefix;
}

function flatSums(flat: number, first: number, shares: Float64Array | null, sums: Float64Array): Float64Array | null {
  if (flat < 0) return null;
  const known = shares === null ? null : prefixSums(shares);
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
    const position = first + tick;
    for (let w = 0; w < 4; w += 1) {
      const slots = SLOTS_PER_WINDOW[w]!;
      const isKnown = known === null || position >= known.length;
      sums[4 * tick + w] = flat * (isKnown ? slots : known[position]! - known[position - slots]!);
    }
  }
  return sums;
}

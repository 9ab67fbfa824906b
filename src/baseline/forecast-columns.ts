import { NOISE_FIGURES, PREDICTORS, type HourForecasts } from "../model/finding/hour-forecast.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";
import { blendOf } from "./expectation.js";
import type { TickMarks } from "./hour-forecast.js";

/** What snapshots say of one hour, with what is worked out of them once. */
export interface ForecastColumns {
  readonly of: HourForecasts;
  readonly rows: number;
  /** Which predictors know anything, as bits. */
  readonly knows: Uint8Array;
  /** Six of each row: weight and growth of the three predictors. */
  readonly blends: Float64Array;
}

const [WEEKLY, DAILY, FLAT] = [1, 2, 4];

/** Works out how the predictors of snapshots are to be mixed. */
export function forecastColumns(of: HourForecasts): ForecastColumns {
  const rows = of.subjects.length;
  const [knows, blends] = [new Uint8Array(rows), new Float64Array(rows * 2 * PREDICTORS)];
  for (let row = 0; row < rows; row += 1) {
    knows[row] =
      (of.knowsWeekly[row] === 1 ? WEEKLY : 0) |
      (of.knowsDaily[row] === 1 ? DAILY : 0) |
      (of.flat[row]! >= 0 ? FLAT : 0);
    const from = row * PREDICTORS;
    const { weights, growth } = blendOf({
      levels: of.levels.subarray(from, from + PREDICTORS),
      losses: of.losses.subarray(from, from + PREDICTORS),
    });
    for (let p = 0; p < PREDICTORS; p += 1) {
      blends[2 * (from + p)] = weights[p]!;
      blends[2 * (from + p) + 1] = growth[p]!;
    }
  }
  return { of, rows, knows, blends };
}

/** An expectation that is written over for the next key: millions are made, few are kept. */
export interface Forecast {
  known: boolean;
  readonly requests: [number, number, number, number];
  readonly rateVariance: [number, number, number, number];
  readonly spendVariance: [number, number, number, number];
}

/** A forecast to be written over. */
export function newForecast(): Forecast {
  return { known: false, requests: [0, 0, 0, 0], rateVariance: [0, 0, 0, 0], spendVariance: [0, 0, 0, 0] };
}

/** What `expect` gives for the whole snapshot of a row at the same tick, to the bit. */
export function forecast(columns: ForecastColumns, row: number, at: TickMarks, into: Forecast): void {
  const { rows, knows, blends } = columns;
  const { weekly, daily, flat, noise } = columns.of;
  const known = knows[row]!;
  into.known = known !== 0;
  if (known === 0) return;
  const { marks, parts, knownSlots } = at;
  const weeklyEnd = (known & WEEKLY) === 0 ? 0 : totalAt(weekly, rows, row, marks[0]!, parts[0]!);
  const dailyEnd = (known & DAILY) === 0 ? 0 : totalAt(daily, rows, row, marks[0]!, parts[0]!);
  const own = row * 6;
  for (let w = 0; w < 4; w += 1) {
    let [total, sum] = [0, 0];
    if ((known & WEEKLY) !== 0) {
      const requests = weeklyEnd - totalAt(weekly, rows, row, marks[w + 1]!, parts[w + 1]!);
      total += blends[own]!;
      sum += blends[own]! * requests * blends[own + 1]!;
    }
    if ((known & DAILY) !== 0) {
      const requests = dailyEnd - totalAt(daily, rows, row, marks[w + 1]!, parts[w + 1]!);
      total += blends[own + 2]!;
      sum += blends[own + 2]! * requests * blends[own + 3]!;
    }
    if ((known & FLAT) !== 0) {
      total += blends[own + 4]!;
      sum += blends[own + 4]! * (flat[row]! * knownSlots[w]!) * blends[own + 5]!;
    }
    setForecast(into, w, sum / total, noise, row * NOISE_FIGURES);
  }
}

function totalAt(totals: Float64Array, rows: number, row: number, mark: number, part: number): number {
  const before = totals[mark * rows + row]!;
  return part === 0 ? before : before + part * (totals[(mark + 1) * rows + row]! - before);
}

/** Writes the requests that are expected in a window, with the variance that `withNoise` gives them; the noise of the row begins at `from`. */
export function setForecast(into: Forecast, w: number, requests: number, noise: ArrayLike<number>, from = 0): void {
  into.requests[w] = requests;
  into.rateVariance[w] = 1 / (requests + 1) + noise[from + w]!;
  into.spendVariance[w] = 1 / (requests + 1) + noise[from + WINDOW_MINUTES.length + w]!;
}

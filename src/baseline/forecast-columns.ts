import type { HourForecast } from "../model/finding/hour-forecast.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";
import { blendOf } from "./expectation.js";
import { MARKS_OF_HOUR, type TickMarks } from "./hour-forecast.js";

/** What snapshots say of one hour, in columns: every key is asked at every tick, and those of one tick lie side by side. */
export interface ForecastColumns {
  readonly rows: number;
  /** Running totals of the predictors, mark by mark. */
  readonly weekly: Float64Array;
  readonly daily: Float64Array;
  /** Which predictors know anything, as bits. */
  readonly knows: Uint8Array;
  readonly flat: Float64Array;
  /** Six of each row: weight and growth of the three predictors. */
  readonly blends: Float64Array;
  /** Eight of each row. */
  readonly noise: Float64Array;
}

const [WEEKLY, DAILY, FLAT] = [1, 2, 4];
const NOISE = 2 * WINDOW_MINUTES.length;

/** Puts forecasts into columns; null where there is no snapshot. */
export function forecastColumns(forecasts: readonly (HourForecast | null)[]): ForecastColumns {
  const rows = forecasts.length;
  const columns = {
    rows,
    weekly: new Float64Array(rows * MARKS_OF_HOUR),
    daily: new Float64Array(rows * MARKS_OF_HOUR),
    knows: new Uint8Array(rows),
    flat: new Float64Array(rows),
    blends: new Float64Array(rows * 6),
    noise: new Float64Array(rows * NOISE),
  };
  for (const [i, snapshot] of forecasts.entries()) {
    if (snapshot === null) continue;
    const { weekly, daily, flat, noise } = snapshot;
    columns.knows[i] = (weekly.length > 0 ? WEEKLY : 0) | (daily.length > 0 ? DAILY : 0) | (flat >= 0 ? FLAT : 0);
    for (let mark = 0; mark < weekly.length; mark += 1) columns.weekly[mark * rows + i] = weekly[mark]!;
    for (let mark = 0; mark < daily.length; mark += 1) columns.daily[mark * rows + i] = daily[mark]!;
    columns.flat[i] = flat;
    const { weights, growth } = blendOf(snapshot);
    for (let p = 0; p < 3; p += 1) {
      columns.blends[i * 6 + 2 * p] = weights[p]!;
      columns.blends[i * 6 + 2 * p + 1] = growth[p]!;
    }
    columns.noise.set(noise, i * NOISE);
  }
  return columns;
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
export function forecast(of: ForecastColumns, row: number, at: TickMarks, into: Forecast): void {
  const { rows, weekly, daily, knows, flat, blends, noise } = of;
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
    setForecast(into, w, sum / total, noise, row * NOISE);
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

import { SLOTS_PER_DAY } from "../../../../src/model/finding/window.js";
import { slidingMedian } from "./sliding-median.js";
import type { KeySlots, Rival } from "./rival.js";

/**
 * The recording and alerting rules of github.com/grafana/promql-anomaly-detection (rules/adaptive.yml and rules/robust.yml), one
 * sample per five minutes: constants, windows and look-backs as published there. A sample of 0 is none (`> 0`); series carry no
 * anomaly_type, so the filter of sparse ones does not apply. Only the upper band counts here: less traffic is no theft. The
 * alarm needs two samples in a row (`for: 5m`). The score is the level as a share of the upper band, so that its one knob for
 * another budget is the band's height.
 */
const HOUR = SLOTS_PER_DAY / 24;
const STDDEV_MULTIPLIER = 2;
const MAD_MULTIPLIER = 2;
const MARGIN_MULTIPLIER = 0.5;
const COVARIANCE_THRESHOLD = 0.5;
const SMOOTHING = 26 * HOUR;
/** `offset 167h30m` and `offset 23h30m`: the hour around the same time of last week and yesterday. */
const ADAPTIVE_LOOK_BACKS = [167.5 * HOUR, 23.5 * HOUR];
/** `offset 167h45m` and `offset 23h45m`. */
const ROBUST_LOOK_BACKS = [167.75 * HOUR, 23.75 * HOUR];

/** Strategy "adaptive", for normally distributed metrics. */
export const grafanaAdaptive: Rival = {
  name: "Grafana promql-anomaly-detection, adaptive",
  shippedAt: 1 + 1e-6,
  judge: (key) => {
    const level = selected(key);
    const { mean, deviation } = hourly(level);
    const filtered = deviation.map((sigma, i) => (sigma > COVARIANCE_THRESHOLD * mean[i]! ? sigma : NaN));
    const shortTerm = slidingMean(filtered, SMOOTHING);
    return shareOfBand(level, (i) =>
      highest([
        mean[i]! + STDDEV_MULTIPLIER * shortTerm[i]!,
        mean[i]! * (1 + MARGIN_MULTIPLIER),
        ...ADAPTIVE_LOOK_BACKS.map((back) => mean[i - back]! + STDDEV_MULTIPLIER * deviation[i - back]!),
      ]),
    );
  },
};

/** Strategy "robust", for spiky metrics. */
export const grafanaRobust: Rival = {
  name: "Grafana promql-anomaly-detection, robust",
  shippedAt: 1 + 1e-6,
  judge: (key) => {
    const values = selected(key);
    const longMedian = slidingMedian(values, SLOTS_PER_DAY);
    const longMad = deviationsFrom(values, longMedian, SLOTS_PER_DAY);
    const hourMedian = slidingMedian(values, HOUR);
    const hourMad = deviationsFrom(values, hourMedian, HOUR);
    return shareOfBand(hourMedian, (i) =>
      highest([
        longMedian[i]! + MAD_MULTIPLIER * longMad[i]!,
        longMedian[i]! * (1 + MARGIN_MULTIPLIER),
        ...ROBUST_LOOK_BACKS.map((back) => hourMedian[i - back]! + MAD_MULTIPLIER * hourMad[i - back]!),
      ]),
    );
  },
};

function selected({ requests }: KeySlots): Float64Array {
  return requests.map((count) => (count > 0 ? count : NaN));
}

function deviationsFrom(values: Float64Array, centre: Float64Array, length: number): Float64Array {
  return slidingMedian(
    values.map((value, i) => Math.abs(value - centre[i]!)),
    length,
  );
}

/** Level over band, the lower of two samples in a row; 0 where either is missing. */
function shareOfBand(level: Float64Array, band: (slot: number) => number): Float64Array {
  const shares = level.map((value, i) => {
    const share = value / band(i);
    return Number.isFinite(share) ? share : 0;
  });
  return shares.map((share, i) => Math.min(share, shares[i - 1] ?? 0));
}

function highest(bands: readonly (number | undefined)[]): number {
  return Math.max(...(bands.filter((band) => band !== undefined && !Number.isNaN(band)) as number[]));
}

/** avg_over_time and stddev_over_time of the last hour. */
function hourly(values: Float64Array): { readonly mean: Float64Array; readonly deviation: Float64Array } {
  const mean = slidingMean(values, HOUR);
  const squares = slidingMean(
    values.map((value) => value * value),
    HOUR,
  );
  return { mean, deviation: squares.map((square, i) => Math.sqrt(Math.max(0, square - mean[i]! ** 2))) };
}

/** Mean of the present among the last `length` values; NaN where there is none. */
function slidingMean(values: Float64Array, length: number): Float64Array {
  let [sum, count] = [0, 0];
  return values.map((value, i) => {
    if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
    const gone = values[i - length] ?? NaN;
    if (!Number.isNaN(gone)) [sum, count] = [sum - gone, count - 1];
    return count === 0 ? NaN : sum / count;
  });
}

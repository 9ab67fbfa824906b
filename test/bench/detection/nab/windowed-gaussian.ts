import type { NabSeries } from "./read-corpus.js";

/** The window grows to so many values, then moves on by so many at a time. */
const WINDOW = 6400;
const STEP = 100;
const LEAST_DEVIATION = 1e-6;

/**
 * NAB's own detector "windowedGaussian", whose published score shows that the scoring here is NAB's: one minus the tail
 * probability of a value under the normal distribution of a window of earlier values.
 */
export function windowedGaussian({ values }: NabSeries): Float64Array {
  const anomalies = new Float64Array(values.length);
  const [sums, squares] = [prefix(values, (value) => value), prefix(values, (value) => value * value)];
  for (let i = 1; i < values.length; i += 1) {
    const end = i <= WINDOW ? i : WINDOW + Math.floor((i - WINDOW) / STEP) * STEP;
    const start = Math.max(0, end - WINDOW);
    const mean = (sums[end]! - sums[start]!) / (end - start);
    const variance = (squares[end]! - squares[start]!) / (end - start) - mean * mean;
    const deviation = variance > 1e-12 * mean * mean ? Math.sqrt(variance) : LEAST_DEVIATION;
    // The published scores were computed from anomaly scores kept to twelve decimals.
    anomalies[i] = Number((1 - normalTail(Math.abs(values[i]! - mean) / deviation)).toFixed(12));
  }
  return anomalies;
}

function prefix(values: readonly number[], of: (value: number) => number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (const [i, value] of values.entries()) sums[i + 1] = sums[i]! + of(value);
  return sums;
}

/**
 * Probability that a standard normal exceeds z >= 0, with a relative error below 1.2e-7 (complementary error function by
 * Chebyshev fit: Press et al., Numerical Recipes, section 6.2).
 */
export function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const exponent = fit.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return (t * Math.exp(-x * x + exponent)) / 2;
}

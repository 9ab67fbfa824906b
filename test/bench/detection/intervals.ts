import { Random } from "../../../src/local/simulator/random.js";

/** An estimate with its 90 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Quantile of the standard normal that leaves 5 % on either side. */
const Z = 1.6448536269514722;
const ROUNDS = 1000;

/** Wilson's score interval (1927), 90 %, of a share of `count` in `total`; the whole of [0, 1] when there are none. */
export function wilson(count: number, total: number): Estimate {
  if (total === 0) return { value: NaN, low: 0, high: 1 };
  const share = count / total;
  const room = 1 + Z ** 2 / total;
  const centre = (share + Z ** 2 / (2 * total)) / room;
  const half = (Z / room) * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Bootstrap by cluster (Efron 1979; percentile interval, 90 %, fixed seed): whole keys are drawn, since what happens on one key
 * goes together. Each cluster is a row of sums, and a statistic is computed from their totals.
 */
export function bootstrap(
  rows: readonly (readonly number[])[],
  statistics: readonly ((totals: readonly number[]) => number)[],
): Estimate[] {
  const random = new Random(1, "bootstrap");
  const width = rows[0]?.length ?? 0;
  const flat = Float64Array.from(rows.flat());
  const draw = (pick: (i: number) => number) => {
    const totals = Array.from({ length: width }, () => 0);
    for (let i = 0; i < rows.length; i += 1) {
      const from = pick(i) * width;
      for (let j = 0; j < width; j += 1) totals[j]! += flat[from + j]!;
    }
    return totals;
  };
  const whole = draw((i) => i);
  const drawn = Array.from({ length: ROUNDS }, () => draw(() => random.below(rows.length)));
  return statistics.map((statistic) => {
    const sorted = drawn
      .map(statistic)
      .filter(Number.isFinite)
      .toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
    return { value: statistic(whole), low: at(0.05), high: at(0.95) };
  });
}

/** Upper end of the 90 % interval of a Poisson rate of which nothing was seen in so much exposure. */
export function highestUnseenRate(exposure: number): number {
  return -Math.log(0.05) / exposure;
}

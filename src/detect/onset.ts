/**
 * Most likely start of a change that lasts until the end of a series of counts (one per minute): the split that maximises
 * the Poisson log-likelihood ratio of one raised level against the expected one (Page 1954; Siegmund 1985, chapter 2).
 * @param counts what was counted, oldest first
 * @param expected what was expected, of the same length
 * @returns index of the first minute of the change; the last index when nothing is raised
 */
export function findOnset(counts: readonly number[], expected: readonly number[]): number {
  let [sum, mean, best, onset] = [0, 0, 0, Math.max(0, counts.length - 1)];
  for (let i = counts.length - 1; i >= 0; i -= 1) {
    sum += counts[i]!;
    mean += Math.max(expected[i]!, LEAST_EXPECTED);
    if (sum <= mean) continue;
    const ratio = sum * Math.log(sum / mean) - (sum - mean);
    if (ratio > best) [best, onset] = [ratio, i];
  }
  return onset;
}

/** A minute in which nothing was expected still costs something, so that one stray early request is not taken for the start. */
const LEAST_EXPECTED = 0.05;

/** Rounds to 1e-6: floats are rounded before they are compared, stored or printed, so that verdicts are reproducible. */
export function round6(x: number): number {
  return Math.round(x * 1e6) / 1e6;
}

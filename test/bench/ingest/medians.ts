/** The median of each field over the rounds. */
export function mediansOf(records: readonly object[]): Record<string, number> {
  const names = Object.keys(records[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(records.map((one) => (one as Record<string, number>)[name]!))]),
  );
}

/** The middle of the numbers, the upper one of two. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

/**
 * Median of the present values among the last `length` ones, at each position; NaN where there is none. Prometheus has no
 * sample for what a filter removes: that is NaN here.
 */
export function slidingMedian(values: ArrayLike<number>, length: number): Float64Array {
  const sorted: number[] = [];
  const medians = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    if (isPresent(values[i]!)) sorted.splice(positionOf(sorted, values[i]!), 0, values[i]!);
    const gone = i - length;
    if (gone >= 0 && isPresent(values[gone]!)) sorted.splice(positionOf(sorted, values[gone]!), 1);
    const half = (sorted.length - 1) / 2;
    medians[i] = sorted.length === 0 ? NaN : (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
  }
  return medians;
}

const isPresent = (value: number) => !Number.isNaN(value);

/** First position whose value is not below the given one. */
function positionOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

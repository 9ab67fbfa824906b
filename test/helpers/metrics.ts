/** The sum over all series of a counter, of what `/metrics` answers. */
export function sumOfSeries(metrics: string, name: string): number {
  const series = metrics.matchAll(new RegExp(`^plimsoll_${name}(?:\\{[^}]*\\})? (\\d+)$`, "gm"));
  return [...series].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** The value of one series, NaN where there is none. */
export function valueOfSeries(metrics: string, series: string): number {
  const line = metrics.split("\n").find((one) => one.startsWith(`${series} `));
  return Number(line?.split(" ").at(-1));
}

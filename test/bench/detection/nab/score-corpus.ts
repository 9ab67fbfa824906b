import type { NabProfile, NabSeries } from "./read-corpus.js";

/** The first 15 % of a series, at most 750 rows, are for learning and not scored. */
const PROBATION_SHARE = 0.15;
const PROBATION_OF_AT_MOST = 5000;

/** The best score that some threshold gives a detector, 0 for one that never alarms, 100 for a perfect one. */
export interface NabScore {
  readonly score: number;
  readonly threshold: number;
}

/** How many rows at the beginning of a series of so many are not scored. */
export function probation(rows: number): number {
  return Math.min(Math.floor(PROBATION_SHARE * rows), PROBATION_SHARE * PROBATION_OF_AT_MOST);
}

/**
 * NAB's score (Lavin and Ahmad 2015, as run by NAB 1.1): a window found is worth more the earlier its first alarm comes, one
 * that is missed costs, and every alarm outside costs, the less the sooner after a window; the threshold is the best on the corpus.
 * @param anomalies per series, the detector's anomaly score of every row
 */
export function scoreCorpus(
  series: readonly NabSeries[],
  anomalies: readonly ArrayLike<number>[],
  profile: NabProfile,
): NabScore {
  const rows = series.flatMap((one, i) => scorableRows(one, anomalies[i]!, profile));
  const windows = series.reduce((sum, one) => sum + openWindows(one).length, 0);
  const worst = -windows * profile.falseNegative;
  const perfect = windows * profile.truePositive;
  rows.sort((a, b) => b.anomaly - a.anomaly);
  const found = new Map<object, number>();
  let total = worst;
  let best = { total, threshold: Infinity };
  for (let i = 0; i < rows.length;) {
    const threshold = rows[i]!.anomaly;
    for (; i < rows.length && rows[i]!.anomaly === threshold; i += 1) {
      const { window, worth } = rows[i]!;
      if (window === null) total += worth;
      else {
        const before = found.get(window) ?? -profile.falseNegative;
        if (worth <= before) continue;
        found.set(window, worth);
        total += worth - before;
      }
    }
    if (total > best.total) best = { total, threshold };
  }
  return { score: (100 * (best.total - worst)) / (perfect - worst), threshold: best.threshold };
}

interface ScorableRow {
  readonly anomaly: number;
  /** The window that the row lies in. */
  readonly window: object | null;
  /** What an alarm at this row is worth. */
  readonly worth: number;
}

function openWindows({ windows, times }: NabSeries): NabSeries["windows"] {
  return windows.filter(({ last }) => last >= probation(times.length));
}

function scorableRows(series: NabSeries, anomalies: ArrayLike<number>, profile: NabProfile): ScorableRow[] {
  const rows: ScorableRow[] = [];
  for (let i = Math.ceil(probation(series.times.length)); i < series.times.length; i += 1) {
    const window = series.windows.find(({ first, last }) => i >= first && i <= last) ?? null;
    const before = series.windows.findLast(({ last }) => last < i);
    const anomaly = anomalies[i]!;
    if (window !== null) {
      const position = -(window.last - i + 1) / (window.last - window.first + 1);
      rows.push({ anomaly, window, worth: (scaledSigmoid(position) / scaledSigmoid(-1)) * profile.truePositive });
    } else {
      const position = before === undefined ? Infinity : (i - before.last) / (before.last - before.first);
      rows.push({ anomaly, window, worth: scaledSigmoid(position) * profile.falsePositive });
    }
  }
  return rows;
}

/** From almost 1 at the left edge of a window (-1) over 0 at its right edge (0) to -1 far behind it. */
export function scaledSigmoid(position: number): number {
  return position >= 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

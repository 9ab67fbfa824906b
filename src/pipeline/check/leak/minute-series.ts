import { perWindow, WINDOW_MINUTES, type PerWindow } from "../../../model/finding/window.js";
import type { Store } from "../../../store/store.js";
import type { UsageMinutes } from "../../../store/check/usage.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { groupBy } from "../../../model/group-by.js";
import type { ObservedLog } from "../facts/observed-log.js";
import type { CheckCache } from "../facts/check-cache.js";
import type { UsageQuarters } from "../facts/usage-quarters.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import { type Subject, subjectKey } from "../../../model/subject.js";

/** A key's served usage in each minute from 24 h before an hour to its end. */
export interface MinuteSeries {
  /** Epoch ms of minute 0. */
  readonly start: number;
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

export const SERIES_MINUTES = 1500;
const SLOT_MINUTES = 5;

/**
 * Reads the minutes of some keys, dense, by subject. Those before the hour are kept in memory while no row of them is added: the same
 * keys are asked for again and again, as long as an incident is open.
 */
export async function readMinuteSeries(
  { store, memory, watched }: { readonly store: Store; readonly memory: CheckCache; readonly watched: WatchedKeys },
  hour: number,
  rows: readonly Subject[],
  observed: ObservedLog,
  asOf: number | null,
): Promise<Map<string, MinuteSeries>> {
  const known =
    asOf === null ? knownSeries(memory.usage.peek(watched.stamp, watched.stamp), hour, rows, observed) : null;
  if (known !== null) return known;
  const keys = [...new Set(rows.map((row) => row.keyId))];
  const { text, settled } = observed.stamp(hour - DAY_MS, hour);
  const kept = { stamp: `${hour} ${text}`, keep: settled && asOf === null };
  const [before, within] = await Promise.all([
    memory.minutes.recall(keys, kept, async (missing) =>
      groupBy(
        await store.check.readUsageMinutes({ from: hour - DAY_MS, until: hour }, missing, asOf),
        ({ keyId }) => keyId,
      ),
    ),
    store.check.readUsageMinutes({ from: hour, until: hour + HOUR_MS }, keys, asOf),
  ]);
  const series = new Map<string, MinuteSeries & { requests: number[]; spendMicros: number[] }>();
  const add = (sparse: UsageMinutes, offset: number) => {
    const name = subjectKey(sparse);
    let of = series.get(name);
    if (of === undefined) {
      const zeros = () => Array.from({ length: SERIES_MINUTES }, () => 0);
      series.set(name, (of = { start: hour - DAY_MS, requests: zeros(), spendMicros: zeros() }));
    }
    for (const [i, at] of sparse.at.entries()) {
      of.requests[offset + at] = sparse.served[i]!;
      of.spendMicros[offset + at] = sparse.spendMicros[i]!;
    }
  };
  for (const sparse of [...before.values()].flat()) add(sparse, 0);
  for (const sparse of within) add(sparse, DAY_MS / MINUTE_MS);
  return series;
}

/** The series of all of some keys; null where usage in memory does not hold all of their minutes. */
function knownSeries(
  usage: UsageQuarters | undefined,
  hour: number,
  rows: readonly Subject[],
  observed: ObservedLog,
): Map<string, MinuteSeries> | null {
  if (usage === undefined) return null;
  const series = new Map<string, MinuteSeries>();
  for (const name of new Set(rows.map(subjectKey))) {
    const minutes = usage.minutesOf(observed, name, { from: hour - DAY_MS, until: hour + HOUR_MS });
    if (minutes === null) return null;
    series.set(name, { start: hour - DAY_MS, ...minutes });
  }
  return series;
}

/** Position of an instant (epoch ms) in a series. */
export function minuteAt(series: Pick<MinuteSeries, "start">, at: number): number {
  return (at - series.start) / MINUTE_MS;
}

/** The least share of the limit over the five-minute blocks of each window before a tick, and the share of the last block. */
export function floorsAt(
  series: MinuteSeries,
  tick: number,
  limitPerMinute: number,
): { readonly floors: PerWindow; readonly currentShare: number } {
  const end = minuteAt(series, tick);
  const share = (block: number) => {
    const from = end - (block + 1) * SLOT_MINUTES;
    let sum = 0;
    for (let i = from; i < from + SLOT_MINUTES; i += 1) sum += series.requests[i] ?? 0;
    return sum / (limitPerMinute * SLOT_MINUTES);
  };
  const floors = perWindow((w) => {
    let least = Infinity;
    for (let block = 0; block < WINDOW_MINUTES[w]! / SLOT_MINUTES; block += 1) least = Math.min(least, share(block));
    return least;
  });
  return { floors, currentShare: share(0) };
}

import { perWindow, WINDOW_MINUTES, type PerWindow } from "../model/window.js";
import type { Store } from "../store/store.js";
import type { Subject } from "../store/usage.js";
import { DAY_MS, MINUTE_MS } from "../time/day.js";
import { subjectKey } from "./subject-key.js";

/** A key's usage in each minute from 24 h before an hour to its end. */
export interface MinuteSeries {
  /** Epoch ms of minute 0. */
  readonly start: number;
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

export const SERIES_MINUTES = 1500;
const SLOT_MINUTES = 5;

/** Reads the minutes of some keys, dense, by subject. */
export async function readMinuteSeries(
  store: Store,
  hour: number,
  rows: readonly Subject[],
  asOf: number | null,
): Promise<Map<string, MinuteSeries>> {
  const keys = [...new Set(rows.map((row) => row.keyId))];
  const series = await store.readUsageMinutes(hour, keys, asOf);
  return new Map(
    series.map((sparse) => {
      const requests = Array.from({ length: SERIES_MINUTES }, () => 0);
      const spendMicros = Array.from({ length: SERIES_MINUTES }, () => 0);
      for (const [i, at] of sparse.at.entries()) {
        requests[at] = sparse.requests[i]!;
        spendMicros[at] = sparse.spendMicros[i]!;
      }
      return [subjectKey(sparse), { start: hour - DAY_MS, requests, spendMicros }];
    }),
  );
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

import { NOVELTY_LEVELS, NO_NOVEL_TRAFFIC, type NoveltyRowLevel, type NovelTraffic } from "../model/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES, type PerWindow } from "../model/window.js";

const SLOTS_PER_WINDOW = perWindow((w) => (WINDOW_MINUTES[w]! * 60_000) / SLOT_MS);
/** Sums of the windows that end with slot `end` (exclusive) of a series that starts a day before the learned one. */
export function windowSums(prefix: Float64Array, end: number): PerWindow {
  return perWindow((w) => prefix[end]! - prefix[end - SLOTS_PER_WINDOW[w]!]!);
}

/** Running totals of a slot series, so that a window's sum is one subtraction. */
export function prefixSums(slots: ArrayLike<number>): Float64Array {
  const prefix = new Float64Array(slots.length + 1);
  for (let i = 0; i < slots.length; i += 1) prefix[i + 1] = prefix[i]! + slots[i]!;
  return prefix;
}

/** Least share of the limit over the slots of each window that ends with slot `end`. */
export function windowFloors(slots: ArrayLike<number>, end: number, limitPerSlot: number): PerWindow {
  let [least, reached] = [Infinity, 0];
  const floors: number[] = [];
  for (let i = 1; i <= SLOTS_PER_DAY; i += 1) {
    least = Math.min(least, slots[end - i]!);
    if (i === SLOTS_PER_WINDOW[reached]) {
      floors.push(least / limitPerSlot);
      reached += 1;
    }
  }
  return floors as unknown as PerWindow;
}

/** Traffic of one slot (its index in the two-day series) at one level of novelty, first seen at `seenAt` (epoch ms). */
export interface NovelSlot {
  readonly level: NoveltyRowLevel;
  readonly seenAt: number;
  readonly slot: number;
  readonly requests: number;
  readonly spendMicros: number;
}

/**
 * Novel traffic before each of a day's 288 ticks. A value stops being novel `novelForMs` after it was first seen, in the middle
 * of the day if need be, exactly as in sql/queries/novel-minutes.sql and novelBefore of the checks.
 * @param dayStart epoch ms of the day; the slots' series starts 24 h earlier
 */
export function slideNovelTraffic(
  rows: readonly NovelSlot[],
  dayStart: number,
  novelForMs: number,
): (end: number) => NovelTraffic {
  if (rows.length === 0) return () => NO_NOVEL_TRAFFIC;
  const expiries = [...new Set(rows.map((row) => row.seenAt))].toSorted((a, b) => a - b);
  let expired = -1;
  let series: LevelSeries[] = [];
  let unplaced = levelSeries([], "unplaced");
  return (end) => {
    const tick = dayStart - 86_400_000 + end * SLOT_MS;
    const gone = expiries.filter((seenAt) => seenAt < tick - novelForMs).length;
    if (gone !== expired) {
      expired = gone;
      const novel = rows.filter((row) => row.seenAt >= tick - novelForMs);
      series = NOVELTY_LEVELS.map((level) => levelSeries(novel, level));
      unplaced = levelSeries(novel, "unplaced");
    }
    return {
      requests: series.map((level) => windowSums(level.requests, end)),
      spendMicros: series.map((level) => windowSums(level.spendMicros, end)),
      slots: series.map((level) => windowSums(level.slots, end)),
      unplacedRequests: windowSums(unplaced.requests, end),
    };
  };
}

/** Running totals of one level. */
interface LevelSeries {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  readonly slots: Float64Array;
}

function levelSeries(rows: readonly NovelSlot[], level: NoveltyRowLevel): LevelSeries {
  const [requests, spendMicros] = [new Float64Array(2 * SLOTS_PER_DAY), new Float64Array(2 * SLOTS_PER_DAY)];
  for (const row of rows) {
    if (row.level !== level) continue;
    requests[row.slot]! += row.requests;
    spendMicros[row.slot]! += row.spendMicros;
  }
  return {
    requests: prefixSums(requests),
    spendMicros: prefixSums(spendMicros),
    slots: prefixSums(requests.map((n) => (n > 0 ? 1 : 0))),
  };
}

import { HourForecasts, type DayForecast } from "../model/finding/hour-forecast.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES } from "../model/finding/window.js";
import { prefixSums } from "./slide-windows.js";

const HOUR_SLOTS = 12;
const WINDOW_SLOTS = perWindow((w) => (WINDOW_MINUTES[w]! * 60_000) / SLOT_MS);
/** Slots, counted from the hour's first, at which the three runs of marks begin, and how many each has. */
const RUNS: readonly (readonly [from: number, marks: number])[] = [
  [-HOUR_SLOTS, 2 * HOUR_SLOTS + 1],
  [-WINDOW_SLOTS[2], HOUR_SLOTS + 1],
  [-WINDOW_SLOTS[3], HOUR_SLOTS + 1],
];

/** Position of an instant in the slots of a snapshot that speaks of two days from `dayStart` on (both epoch ms). */
const positionOf = (at: number, dayStart: number) => (at - dayStart) / SLOT_MS;

/** Runs of slots before which the running totals of a snapshot are needed. */
export interface MarksOfHour {
  readonly froms: readonly number[];
  readonly lengths: readonly number[];
}

/** The marks that an hour's ticks need of snapshots whose two days begin at `dayStart`; none when the hour is not in the second one. */
export function marksOfHour(hour: number, dayStart: number): MarksOfHour {
  const first = positionOf(hour, dayStart);
  const isWithin = first >= SLOTS_PER_DAY && first + HOUR_SLOTS <= 2 * SLOTS_PER_DAY;
  return {
    froms: RUNS.map(([from]) => (isWithin ? first + from : 0)),
    lengths: RUNS.map(([, marks]) => (isWithin ? marks : 0)),
  };
}

/** What whole snapshots say of one hour: running totals at the marks, to the bit as check/hour-forecasts.sql adds them up; `shares` as in `expect`. */
export function forecastsOfHour(
  snapshots: readonly DayForecast[],
  marks: MarksOfHour,
  shares: Float64Array | null,
): HourForecasts {
  const found = new HourForecasts(
    snapshots.length,
    marks.lengths.reduce((sum, length) => sum + length, 0),
  );
  for (const snapshot of snapshots) {
    const { weeklySlots, dailySlots } = snapshot;
    found.add(snapshot, totalsAt(weeklySlots, marks, shares), totalsAt(dailySlots, marks, shares));
  }
  return found;
}

function totalsAt(slots: Float64Array, { froms, lengths }: MarksOfHour, shares: Float64Array | null): number[] {
  if (slots.length === 0) return [];
  const totals = prefixSums(shares === null ? slots : slots.map((requests, i) => requests * shares[i]!));
  return froms.flatMap((from, i) => Array.from(totals.subarray(from, from + lengths[i]!)));
}

/** Where the windows of a tick begin and end among the marks of its hour. */
export interface TickMarks {
  /** Index of the mark before, and the part of a slot beyond it: of the tick itself, then of the beginning of each window. */
  readonly marks: readonly number[];
  readonly parts: readonly number[];
  /** Slots of each window that are known. */
  readonly knownSlots: readonly number[];
}

/** Finds a tick (epoch ms) among the marks of its hour; `shares` as in `expect`. */
export function tickMarks(hour: number, tick: number, dayStart: number, shares: Float64Array | null): TickMarks {
  const position = positionOf(tick, dayStart);
  const first = positionOf(hour, dayStart);
  const ends = [position, ...WINDOW_SLOTS.map((slots) => position - slots)];
  const known = shares === null || position > shares.length ? null : prefixSums(shares);
  return {
    marks: ends.map((end) => markOf(Math.floor(end) - first)),
    parts: ends.map((end) => end - Math.floor(end)),
    knownSlots: WINDOW_SLOTS.map((slots) =>
      known === null ? slots : sumBefore(known, position) - sumBefore(known, position - slots),
    ),
  };
}

function markOf(slot: number): number {
  let before = 0;
  for (const [from, marks] of RUNS) {
    if (slot >= from && slot < from + marks) return before + slot - from;
    before += marks;
  }
  throw new RangeError(`no window of the hour begins at slot ${slot}`);
}

function sumBefore(prefix: Float64Array, position: number): number {
  const whole = Math.floor(position);
  return between(prefix, whole, position - whole);
}

function between(prefix: Float64Array, mark: number, part: number): number {
  return part === 0 ? prefix[mark]! : prefix[mark]! + part * (prefix[mark + 1]! - prefix[mark]!);
}

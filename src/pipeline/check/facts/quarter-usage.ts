import { MINUTE_MS } from "../../../time/day.js";

/** Usage is kept in quarters of an hour: the blocks in which roll-ups are sorted, and of which every window is a multiple. */
const QUARTER_MINUTES = 15;
export const QUARTER_MS = QUARTER_MINUTES * MINUTE_MS;
/** The quarter in which the minute lies that ends with a tick; both epoch ms. */
export const quarterOf = (tick: number) => Math.floor((tick - 1) / QUARTER_MS) * QUARTER_MS;

/** Running totals of a quarter: before each of its minutes, and after the last. */
export const MARKS = QUARTER_MINUTES + 1;

/**
 * What subjects were served in a quarter, by their numbers: one figure each, or MARKS running totals. A subject whose number lies past the end was served
 * nothing in it.
 */
export interface QuarterUsage {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

/** What a subject was served in a row of steps. */
export interface NumberedSteps extends QuarterUsage {
  readonly number: number;
}

/** One step of some rows as figures. */
export function columnOf(rows: readonly NumberedSteps[], step: number): QuarterUsage {
  const usage = emptyUsage(roomOf(rows));
  for (const { number, requests, spendMicros } of rows) {
    usage.requests[number]! += requests[step]!;
    usage.spendMicros[number]! += spendMicros[step]!;
  }
  return usage;
}

/** The fifteen minutes from a step on as running totals. */
export function runningTotals(rows: readonly NumberedSteps[], step: number): QuarterUsage {
  const usage = emptyUsage(roomOf(rows) * MARKS);
  for (const { number, requests, spendMicros } of rows) {
    const at = number * MARKS;
    for (let m = 0; m < QUARTER_MINUTES; m += 1) {
      usage.requests[at + m + 1] = usage.requests[at + m]! + requests[step + m]!;
      usage.spendMicros[at + m + 1] = usage.spendMicros[at + m]! + spendMicros[step + m]!;
    }
  }
  return usage;
}

/** Running totals of a quarter of which some minutes were read again, from the given one on. Sums of whole numbers: they come out as if all were read. */
export function amendTotals(
  before: QuarterUsage,
  rows: readonly NumberedSteps[],
  { first, count }: { readonly first: number; readonly count: number },
): QuarterUsage {
  const usage = emptyUsage(Math.max(before.requests.length, roomOf(rows) * MARKS));
  for (const sort of ["requests", "spendMicros"] as const) {
    const [from, into] = [before[sort], usage[sort]];
    for (let mark = 1; mark < from.length; mark += 1) {
      const minute = (mark % MARKS) - 1;
      if (minute >= 0 && (minute < first || minute >= first + count)) into[mark] = from[mark]! - from[mark - 1]!;
    }
    for (const row of rows) {
      for (let m = 0; m < count; m += 1) into[row.number * MARKS + first + m + 1]! += row[sort][m]!;
    }
    for (let mark = 1; mark < into.length; mark += 1) if (mark % MARKS !== 0) into[mark]! += into[mark - 1]!;
  }
  return usage;
}

/** What a subject was served in single minutes of some quarters, counted from the first, in any order. */
export interface NumberedMinutes extends QuarterUsage {
  readonly number: number;
  readonly at: Float64Array;
}

/** Quarters that follow one another as running totals. */
export function runningTotalsOf(rows: readonly NumberedMinutes[], quarters: number): QuarterUsage[] {
  const room = roomOf(rows) * MARKS;
  const usages = Array.from({ length: quarters }, () => emptyUsage(room));
  for (const { number, at, requests, spendMicros } of rows) {
    for (let i = 0; i < at.length; i += 1) {
      const usage = usages[Math.floor(at[i]! / QUARTER_MINUTES)]!;
      const mark = number * MARKS + (at[i]! % QUARTER_MINUTES) + 1;
      usage.requests[mark]! += requests[i]!;
      usage.spendMicros[mark]! += spendMicros[i]!;
    }
  }
  for (const { requests, spendMicros } of usages) {
    for (let mark = 0; mark < room; mark += 1) {
      if (mark % MARKS === 0) continue;
      requests[mark]! += requests[mark - 1]!;
      spendMicros[mark]! += spendMicros[mark - 1]!;
    }
  }
  return usages;
}

/** The sums of a quarter that is known by the minute. */
export function lastMarks({ requests, spendMicros }: QuarterUsage): QuarterUsage {
  const usage = emptyUsage(requests.length / MARKS);
  for (let i = 0; i < usage.requests.length; i += 1) {
    usage.requests[i] = requests[(i + 1) * MARKS - 1]!;
    usage.spendMicros[i] = spendMicros[(i + 1) * MARKS - 1]!;
  }
  return usage;
}

/** Adds a quarter's sums to others, in place. */
export function addUsage(to: QuarterUsage, { requests, spendMicros }: QuarterUsage): void {
  for (let i = 0; i < requests.length; i += 1) {
    to.requests[i]! += requests[i]!;
    to.spendMicros[i]! += spendMicros[i]!;
  }
}

/** Room for so many figures, all of them 0. */
export function emptyUsage(room: number): QuarterUsage {
  return { requests: new Float64Array(room), spendMicros: new Float64Array(room) };
}

function roomOf(rows: readonly { readonly number: number }[]): number {
  return rows.reduce((room, { number }) => Math.max(room, number + 1), 0);
}

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
  readonly requests: Figures;
  readonly spendMicros: Figures;
}

/** Whole numbers; of half the size where none is too large. */
export type Figures = Float64Array | Uint32Array;
const LARGEST_SMALL = 2 ** 32 - 1;

/** The same figures in as little memory as holds them: quarters of many keys are kept. */
export function packed({ requests, spendMicros }: QuarterUsage): QuarterUsage {
  return { requests: packedFigures(requests), spendMicros: packedFigures(spendMicros) };
}

function packedFigures(figures: Figures): Figures {
  if (figures instanceof Uint32Array) return figures;
  for (let i = 0; i < figures.length; i += 1) if (figures[i]! > LARGEST_SMALL) return figures;
  return Uint32Array.from(figures);
}

/** A quarter that is being added up. */
interface QuarterSums extends QuarterUsage {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

/** What some subjects were served in a row of steps: `count` figures of each, one subject after the other. */
export interface NumberedSteps extends QuarterSums {
  readonly numbers: readonly number[];
  readonly count: number;
}

/** One step as figures. */
export function columnOf({ numbers, count, ...steps }: NumberedSteps, step: number): QuarterUsage {
  const usage = emptyUsage(roomFor(numbers));
  for (const [row, number] of numbers.entries()) {
    usage.requests[number]! += steps.requests[row * count + step]!;
    usage.spendMicros[number]! += steps.spendMicros[row * count + step]!;
  }
  return usage;
}

/** The fifteen minutes of a quarter as running totals. */
export function runningTotals(steps: NumberedSteps): QuarterUsage {
  return amendTotals(emptyUsage(0), steps, 0);
}

/**
 * Running totals of a quarter of which the minutes of some steps were read again, from the given one on. Sums of whole numbers: they come out as if all were
 * read.
 */
export function amendTotals(before: QuarterUsage, steps: NumberedSteps, first: number): QuarterUsage {
  const { numbers, count } = steps;
  const usage = emptyUsage(Math.max(before.requests.length, roomFor(numbers) * MARKS));
  for (const sort of ["requests", "spendMicros"] as const) {
    const [from, into, read] = [before[sort], usage[sort], steps[sort]];
    into.set(from);
    for (let at = 0; at < from.length; at += MARKS) {
      for (let m = first; m < QUARTER_MINUTES; m += 1) {
        const kept = m < first + count ? 0 : from[at + m + 1]! - from[at + m]!;
        into[at + m + 1] = into[at + m]! + kept;
      }
    }
    for (let row = 0; row < numbers.length; row += 1) {
      const at = numbers[row]! * MARKS;
      let more = 0;
      for (let m = first; m < QUARTER_MINUTES; m += 1) {
        if (m < first + count) more += read[row * count + m - first]!;
        into[at + m + 1]! += more;
      }
    }
  }
  return usage;
}

/** What a subject was served in single minutes of some quarters, counted from the first, in any order. */
export interface NumberedMinutes extends QuarterSums {
  readonly number: number;
  readonly at: Float64Array;
}

/** Quarters that follow one another as running totals. */
export function runningTotalsOf(rows: readonly NumberedMinutes[], quarters: number): QuarterUsage[] {
  const room = roomFor(rows.map(({ number }) => number)) * MARKS;
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

/** Room for so many figures, all of them 0. */
function emptyUsage(room: number): QuarterSums {
  return { requests: new Float64Array(room), spendMicros: new Float64Array(room) };
}

function roomFor(numbers: readonly number[]): number {
  return numbers.reduce((room, number) => Math.max(room, number + 1), 0);
}

import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import type { Store } from "../../../store/store.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import type { CheckCache } from "../facts/check-cache.js";
import type { ObservedLog } from "../facts/observed-log.js";
import { MARKS, QUARTER_MS, quarterOf, type Figures, type QuarterUsage } from "../facts/quarter-usage.js";
import { joinSums, SUMS_JOINED } from "../facts/joined-sums.js";
import { UsageQuarters, type NamedSubject, type SubjectsInUse } from "../facts/usage-quarters.js";

const W = WINDOW_MINUTES.length;
/** Columns have room for every number that was given: beyond so many for those in use all are given anew. */
const MOST_NUMBERED = { times: 1.5, more: 1000 };

/** Usage of every watched key before every tick of a span, by its position in `subjects`. */
export interface UsageTable {
  /** Watched keys that were served in the 25 hours up to the end of the span, by key id. */
  readonly subjects: readonly NamedSubject[];
  /** What lies before a tick. */
  at(tick: number): UsageBefore;
  /** The same from sums of all keys, laid side by side and written over by those of the next tick: for who goes through all keys. */
  lay(tick: number): UsageBefore;
}

/** Usage of every key in the windows before one tick. */
export interface UsageBefore {
  /** Writes the requests and the spend of a key into two arrays of four, window by window; false: none in 24 hours. */
  read(subject: number, requests: number[], spendMicros: number[]): boolean;
}

/** Reads usage in all windows before the ticks of a span: of quarters of an hour, those that memory does not hold. */
export async function readUsageTable(
  { store, memory }: { readonly store: Store; readonly memory: CheckCache },
  { hour, ticks }: TickSpan,
  { observed, watched }: { readonly observed: ObservedLog; readonly watched: WatchedKeys },
  asOf: number | null,
): Promise<UsageTable> {
  const usage = (asOf === null ? memory.usage.peek(watched.stamp, watched.stamp) : undefined) ?? new UsageQuarters();
  const lastTick = ticks.at(-1) ?? hour + MINUTE_MS;
  const last = quarterOf(lastTick);
  const judged = [...new Set([...ticks.map(quarterOf), last])];
  const day = Array.from({ length: (last - hour + DAY_MS) / QUARTER_MS }, (_, i) => hour - DAY_MS + i * QUARTER_MS);
  const quarters = await usage.read({
    store,
    observed,
    keys: watched.keys,
    asOf,
    ahead: memory.isWithinReach(hour)
      ? { from: memory.readFrom(hour) - DAY_MS, until: memory.readUntil(hour, hour) }
      : null,
    sums: day,
    minutes: [...new Set(judged.flatMap((at) => [at, ...WINDOW_MINUTES.map((minutes) => at - minutes * MINUTE_MS)]))],
  });
  const sums = day.map((quarter) => quarters.sums.get(quarter)!);
  const usedBefore = memory.usedBefore.recall(sums, () => numbersUsed(sums));
  const inUse = usage.inOrder(
    usedUntil(usedBefore, usage.subjects.length, quarters.minutes.get(last)!, lastTick - last),
  );
  const room = MOST_NUMBERED.times * inUse.numbers.length + MOST_NUMBERED.more;
  const kept = usage.subjects.length <= room ? usage : new UsageQuarters();
  if (asOf === null) memory.usage.keep(watched.stamp, watched.stamp, kept);
  const windowsOf = (at: number): QuarterWindows => {
    const end = (at - day[0]!) / QUARTER_MS;
    const before = sums.slice(end - SUMS_JOINED, end);
    return {
      at,
      own: quarters.minutes.get(at)!,
      first: WINDOW_MINUTES.map((length) => quarters.minutes.get(at - length * MINUTE_MS)!),
      between: memory.joinedSums.recall(before, () => joinSums(before)),
    };
  };
  return tableOf(inUse, new Map(judged.map((at) => [at, windowsOf(at)])));
}

/** What the windows of the ticks of one quarter are made of. */
interface QuarterWindows {
  readonly at: number;
  readonly own: QuarterUsage;
  /** For each window the quarter in which it begins, and the sums of those from there to its own. */
  readonly first: readonly QuarterUsage[];
  readonly between: readonly QuarterUsage[];
}

function tableOf({ subjects, numbers }: SubjectsInUse, windows: ReadonlyMap<number, QuarterWindows>): UsageTable {
  const laid = new Float64Array(numbers.reduce((most, number) => Math.max(most, number + 1), 0) * 2 * W);
  const sumsAt = (tick: number) => {
    const quarter = windows.get(quarterOf(tick))!;
    const minute = (tick - quarter.at) / MINUTE_MS;
    return { minute, ofRequests: sumsOf(quarter, "requests"), ofSpend: sumsOf(quarter, "spendMicros") };
  };
  return {
    subjects,
    at: (tick) => {
      const { minute, ofRequests, ofSpend } = sumsAt(tick);
      return {
        read: (subject, requests, spendMicros) => {
          const number = numbers[subject]!;
          writeWindows(ofRequests, number, minute, requests, 0);
          writeWindows(ofSpend, number, minute, spendMicros, 0);
          return requests[3]! > 0;
        },
      };
    },
    lay: (tick) => {
      const { minute, ofRequests, ofSpend } = sumsAt(tick);
      for (let number = 0, at = 0; at < laid.length; number += 1, at += 2 * W) {
        writeWindows(ofRequests, number, minute, laid, at);
        writeWindows(ofSpend, number, minute, laid, at + W);
      }
      return {
        read: (subject, requests, spendMicros) => {
          const at = numbers[subject]! * 2 * W;
          for (let w = 0; w < W; w += 1) {
            requests[w] = laid[at + w]!;
            spendMicros[w] = laid[at + W + w]!;
          }
          return requests[3]! > 0;
        },
      };
    },
  };
}

/** One sort of figures of a quarter's windows. */
interface WindowSums {
  readonly own: Figures;
  readonly first: readonly Figures[];
  readonly between: readonly Figures[];
}

function sumsOf({ own, first, between }: QuarterWindows, sort: keyof QuarterUsage): WindowSums {
  const of = (usage: QuarterUsage) => usage[sort];
  return { own: of(own), first: first.map(of), between: between.map(of) };
}

function writeWindows(
  { own, first, between }: WindowSums,
  number: number,
  minute: number,
  into: number[] | Float64Array,
  at: number,
): void {
  const mark = number * MARKS + minute;
  const end = number * MARKS + MARKS - 1;
  const now = figure(own, mark);
  for (let w = 0; w < W; w += 1) {
    const begin = first[w]!;
    into[at + w] = now + figure(between[w]!, number) + figure(begin, end) - figure(begin, mark);
  }
}

const figure = (of: Figures, at: number) => (at < of.length ? of[at]! : 0);

/** Marks the numbers of subjects that were served in any of some quarters. */
function numbersUsed(sums: readonly QuarterUsage[]): Uint8Array {
  const used = new Uint8Array(Math.max(0, ...sums.map(({ requests }) => requests.length)));
  for (const { requests } of sums) for (let i = 0; i < requests.length; i += 1) if (requests[i]! > 0) used[i] = 1;
  return used;
}

/** The same with those that were served in the last quarter until so many ms after it began. */
function usedUntil(before: Uint8Array, subjects: number, { requests }: QuarterUsage, untilMs: number): Uint8Array {
  const used = new Uint8Array(subjects);
  used.set(before.subarray(0, subjects));
  const mark = untilMs / MINUTE_MS;
  for (let i = 0; i < requests.length / MARKS; i += 1) if (requests[i * MARKS + mark]! > 0) used[i] = 1;
  return used;
}

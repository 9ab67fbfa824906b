import { countBelow } from "../../../model/count-below.js";
import type { ObservedCount, ObservedRows } from "../../../store/check/checks.js";
import type { Store } from "../../../store/store.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { Reach } from "./reach.js";
import type { StampedCache } from "./stamped-cache.js";

/** Views fill their roll-ups one after the other: what was written longer ago than this (ms) is in all of them. */
const SETTLED_AFTER_MS = 10_000;

/** What stands for the event rows of a span: nothing that is computed from them changes while its stamp does not. */
export interface Stamp {
  readonly text: string;
  /** False while rows of it may still be on their way into some of the roll-ups. */
  readonly settled: boolean;
}

/** Which minutes were heard, and what stands for the rows of any span of them. */
export interface ObservedLog {
  /** Starts of the minutes in which a source was heard before the last tick, epoch ms, ascending. */
  readonly minutes: readonly number[];
  /** Minutes of which rows were counted, also later ones; none where nothing is kept. */
  readonly counted: readonly number[];
  /** When they were counted, epoch ms by the database's clock. */
  readonly countedAt: number;
  /** Stamp of all rows from an instant (0: from ever) up to another, epoch ms. */
  stamp(from: number, until: number): Stamp;
  stampOfMinute(minute: number): Stamp;
}

/** Rows are counted so far back from the judged hour, one by one in minutes, and so far ahead: a backtest has its next day already. */
const COUNTED_BACK_MS = 3 * DAY_MS;
const COUNTED_AHEAD_MS = DAY_MS + HOUR_MS;

/** Where a log is kept, and how far it is read. */
interface ObservedMemory {
  readonly reach: Reach | null;
  readonly observed: StampedCache<ObservedCount>;
  readFrom(hour: number): number;
  readUntil(hour: number, last: number): number;
}

/** Counts the rows before anything that is computed from them is read, so that a row which comes in between changes the next count. */
export async function readObservedLog(
  { store, memory }: { readonly store: Store; readonly memory: ObservedMemory },
  { hour, ticks }: TickSpan,
): Promise<ObservedLog> {
  const last = ticks.at(-1) ?? hour;
  const [from, until] = [memory.readFrom(hour) - COUNTED_BACK_MS, memory.readUntil(hour, hour) + COUNTED_AHEAD_MS];
  const isStill = memory.reach?.isStill === true;
  const { rows, countedAt } = await memory.observed.recall("", { stamp: `${from} ${until}`, keep: isStill }, async () =>
    store.check.readObservedLog(from, until),
  );
  const counted = rows.map(({ minute }) => minute);
  const stampBetween = (start: number, end: number) => {
    let [events, lastWrittenAt] = [0, 0];
    for (let i = countBelow(counted, start); i < rows.length && rows[i]!.minute < end; i += 1) {
      events += rows[i]!.events;
      lastWrittenAt = Math.max(lastWrittenAt, rows[i]!.lastWrittenAt);
    }
    return stampOf({ events, lastWrittenAt }, isStill ? Infinity : countedAt);
  };
  return {
    minutes: counted.slice(countBelow(counted, hour - DAY_MS), countBelow(counted, last)),
    counted: counted.slice(countBelow(counted, 1)),
    countedAt,
    stamp: stampBetween,
    stampOfMinute: (minute) => stampBetween(minute, minute + MINUTE_MS),
  };
}

function stampOf({ events, lastWrittenAt }: Pick<ObservedRows, "events" | "lastWrittenAt">, countedAt: number): Stamp {
  return { text: `${events}/${lastWrittenAt}`, settled: countedAt - lastWrittenAt >= SETTLED_AFTER_MS };
}

/** A log of minutes without stamps, as of an instant: nothing read along with it is kept. */
export async function readObservedAsOf(store: Store, { hour, ticks }: TickSpan, asOf: number): Promise<ObservedLog> {
  const observed = await store.check.readObservedMinutes(hour - DAY_MS, ticks.at(-1) ?? hour, asOf);
  const never = () => ({ text: "", settled: false });
  return {
    minutes: observed.map(({ minute }) => minute),
    counted: [],
    countedAt: 0,
    stamp: never,
    stampOfMinute: never,
  };
}

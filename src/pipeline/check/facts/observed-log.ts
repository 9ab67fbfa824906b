import type { HeardRows } from "../../../store/check/checks.js";
import type { Store } from "../../../store/store.js";

/** Views fill their roll-ups one after the other: what was written longer ago than this (ms) is in all of them. */
const SETTLED_AFTER_MS = 10_000;

/** What stands for the event rows of a span: nothing that is computed from them changes while its stamp does not. */
export interface Stamp {
  readonly text: string;
  /** False while rows of it may still be on their way into some of the roll-ups. */
  readonly settled: boolean;
}

/** Which minutes were heard, and what stands for the rows of any span of them. */
export interface HeardLog {
  /** Starts of the minutes in which a source was heard, epoch ms, ascending. */
  readonly minutes: readonly number[];
  /** Stamp of all rows from an instant (0: from ever) up to another, epoch ms. */
  stamp(from: number, until: number): Stamp;
}

/** Counts the rows before anything that is computed from them is read, so that a row which comes in between changes the next count. */
export async function readHeardLog(store: Store, from: number, to: number): Promise<HeardLog> {
  const { rows, countedAt } = await store.check.readHeardLog(from, to);
  return {
    minutes: rows.filter(({ minute }) => minute > 0).map(({ minute }) => minute),
    stamp: (first, until) =>
      stampOf(
        rows.filter(({ minute }) => minute >= first && minute < until),
        countedAt,
      ),
  };
}

function stampOf(rows: readonly HeardRows[], countedAt: number): Stamp {
  let [events, last] = [0, 0];
  for (const row of rows) {
    events += row.events;
    last = Math.max(last, row.lastWrittenAt);
  }
  return { text: `${events}/${last}`, settled: countedAt - last >= SETTLED_AFTER_MS };
}

/** A log of minutes without stamps, as of an instant: nothing read along with it is kept. */
export async function readHeardAsOf(store: Store, from: number, to: number, asOf: number): Promise<HeardLog> {
  const heard = await store.check.readHeardMinutes(from, to, asOf);
  return { minutes: heard.map(({ minute }) => minute), stamp: () => ({ text: "", settled: false }) };
}

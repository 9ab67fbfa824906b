import type { ObservedLog } from "./observed-log.js";
import { packed, QUARTER_MS, type QuarterUsage } from "./quarter-usage.js";

/** A quarter, and what stands for the rows that it was read from. */
interface Kept {
  readonly stamp: string;
  readonly usage: QuarterUsage;
}

/** Quarters in memory, by when they begin (epoch ms): each as long as no row of it is added and there is room, those used last. */
export class KeptQuarters {
  readonly #kept = new Map<number, Kept>();

  /** The quarter, if it still stands for all of its rows. */
  peek(observed: ObservedLog, quarter: number): QuarterUsage | null {
    const kept = this.#kept.get(quarter);
    return kept !== undefined && kept.stamp === stampOf(observed, quarter).text ? kept.usage : null;
  }

  /** Those of some quarters that still stand for all of their rows. */
  recall(observed: ObservedLog, quarters: readonly number[]): Map<number, QuarterUsage> {
    const found = new Map<number, QuarterUsage>();
    for (const quarter of quarters) {
      const usage = this.peek(observed, quarter);
      if (usage !== null) found.set(quarter, usage);
    }
    return found;
  }

  /** Keeps what was just read or used, but for quarters of which rows may still be on their way. */
  keepAll(observed: ObservedLog, read: ReadonlyMap<number, QuarterUsage>): void {
    for (const [quarter, usage] of read) {
      const { text: stamp, settled } = stampOf(observed, quarter);
      const known = this.#kept.get(quarter)?.usage;
      this.#kept.delete(quarter);
      if (settled) this.#kept.set(quarter, { stamp, usage: usage === known ? usage : packed(usage) });
    }
  }

  /** Drops those that were used longest ago, down to so many bytes, or to the `least` quarters that are kept however large they are. */
  dropOldest(bytes: number, least: number): void {
    let size = [...this.#kept.values()].reduce((sum, { usage }) => sum + bytesOf(usage), 0);
    for (const [quarter, { usage }] of this.#kept) {
      if (size <= bytes || this.#kept.size <= least) return;
      this.#kept.delete(quarter);
      size -= bytesOf(usage);
    }
  }
}

const bytesOf = ({ requests, spendMicros }: QuarterUsage) => requests.byteLength + spendMicros.byteLength;

function stampOf(observed: ObservedLog, quarter: number) {
  return observed.stamp(quarter, quarter + QUARTER_MS);
}

/** Quarters that follow one another, at most so many together. */
export function runsOf(quarters: readonly number[], most: number): number[][] {
  const runs: number[][] = [];
  for (const quarter of quarters.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run.length < most && run.at(-1)! + QUARTER_MS === quarter) run.push(quarter);
    else runs.push([quarter]);
  }
  return runs;
}

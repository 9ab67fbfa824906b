import type { Store } from "../../../store/store.js";
import { HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { subjectKey, type Subject } from "../../../model/subject.js";
import type { ObservedLog, Stamp } from "./observed-log.js";
import {
  columnOf,
  lastMarks,
  MARKS,
  QUARTER_MINUTES,
  QUARTER_MS,
  runningTotals,
  runningTotalsOf,
  type NumberedSteps,
  type QuarterUsage,
} from "./quarter-usage.js";

/** So much is read at once, of sums and of minutes. */
const SUMS_AT_ONCE = (6 * HOUR_MS) / QUARTER_MS;
const MINUTES_AT_ONCE = 1;
/** The sums of a day before the judged hour, and of another that is judged in turn with it. */
const SUMS_KEPT = 220;
/** Quarters by the minute are kept as long as there is room for them, and always as many as two ticks need. */
const ROOM_BYTES = 64_000_000;
const LEAST_KEPT = 12;

/** A subject with its key in maps. */
export type NamedSubject = Subject & { readonly name: string };

/** Some subjects, and the numbers that they keep. */
export interface SubjectsInUse {
  readonly subjects: readonly NamedSubject[];
  readonly numbers: readonly number[];
}

/** Which quarters (epoch ms) are needed, and what they are read with. */
export interface QuartersRequest {
  readonly store: Store;
  readonly observed: ObservedLog;
  /** The keys that are watched, the same whenever it is read; none: every key. */
  readonly keys: readonly string[];
  /** Null: from roll-ups; else from the raw rows of then, and nothing is kept. */
  readonly asOf: number | null;
  readonly sums: readonly number[];
  readonly minutes: readonly number[];
  /** A longer span (epoch ms, half-open) of which all minutes are read at once, for spans to come; null: none. */
  readonly ahead: { readonly from: number; readonly until: number } | null;
}

/** Quarters by when they begin (epoch ms). */
export interface Quarters {
  readonly sums: ReadonlyMap<number, QuarterUsage>;
  /** Running totals. */
  readonly minutes: ReadonlyMap<number, QuarterUsage>;
}

/**
 * Usage of all subjects by quarters of an hour, in columns: a copy of what ClickHouse holds that can be dropped at any time. A quarter is read once, and again
 * after rows of it were added.
 */
export class UsageQuarters {
  /** By their numbers. */
  readonly subjects: NamedSubject[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #sums = new Map<number, Kept>();
  readonly #minutes = new Map<number, Kept>();
  #sorted: readonly number[] = [];
  #inUse: SubjectsInUse = { subjects: [], numbers: [] };

  async read(of: QuartersRequest): Promise<Quarters> {
    if (of.ahead !== null && of.asOf === null) await this.#readAhead(of, of.ahead);
    const minutes = this.#recall(this.#minutes, of, of.minutes);
    const sums = this.#recall(this.#sums, of, of.sums);
    const missing = of.minutes.filter((quarter) => !minutes.has(quarter));
    const isMissing = new Set(missing);
    await Promise.all([
      ...runsOf(missing, MINUTES_AT_ONCE).map(async (run) => {
        const rows = await this.#readSteps(of, run, MINUTE_MS);
        for (const [i, quarter] of run.entries()) {
          const usage = runningTotals(rows, i * QUARTER_MINUTES);
          minutes.set(quarter, usage);
          if (!sums.has(quarter)) sums.set(quarter, lastMarks(usage));
        }
      }),
      ...runsOf(
        of.sums.filter((quarter) => !sums.has(quarter) && !isMissing.has(quarter)),
        SUMS_AT_ONCE,
      ).map(async (run) => {
        const rows = await this.#readSteps(of, run, QUARTER_MS);
        for (const [i, quarter] of run.entries()) sums.set(quarter, columnOf(rows, i));
      }),
    ]);
    if (of.asOf === null) this.#keepAll(of, { sums, minutes });
    return { sums, minutes };
  }

  /** Those in use, by key id and then by observer; the same lists as long as they are the same. */
  inOrder(inUse: Uint8Array): SubjectsInUse {
    if (this.#sorted.length !== this.subjects.length) {
      this.#sorted = [...this.subjects.keys()].toSorted((a, b) =>
        compareSubjects(this.subjects[a]!, this.subjects[b]!),
      );
    }
    const numbers = this.#sorted.filter((number) => inUse[number] === 1);
    const last = this.#inUse.numbers;
    if (numbers.length !== last.length || numbers.some((number, i) => number !== last[i])) {
      this.#inUse = { numbers, subjects: numbers.map((number) => this.subjects[number]!) };
    }
    return this.#inUse;
  }

  /** What a subject was served in each minute of whole quarters (epoch ms, half-open); null where not all of them are known. */
  minutesOf(observed: ObservedLog, name: string, { from, until }: { readonly from: number; readonly until: number }) {
    const number = this.#numbers.get(name);
    if (number === undefined) return null;
    const [requests, spendMicros] = [[] as number[], [] as number[]];
    for (let quarter = from; quarter < until; quarter += QUARTER_MS) {
      const kept = this.#minutes.get(quarter);
      if (kept === undefined || kept.stamp !== stampOf({ observed }, quarter).text) return null;
      const { usage } = kept;
      for (let mark = number * MARKS + 1; mark < (number + 1) * MARKS; mark += 1) {
        requests.push((usage.requests[mark] ?? 0) - (usage.requests[mark - 1] ?? 0));
        spendMicros.push((usage.spendMicros[mark] ?? 0) - (usage.spendMicros[mark - 1] ?? 0));
      }
    }
    return { requests, spendMicros };
  }

  async #readAhead(of: QuartersRequest, { from, until }: NonNullable<QuartersRequest["ahead"]>): Promise<void> {
    if (!of.observed.stamp(from, until).settled) return;
    const quarters = Array.from({ length: (until - from) / QUARTER_MS }, (_, i) => from + i * QUARTER_MS);
    const kept = this.#recall(this.#minutes, of, quarters);
    const missing = quarters.filter((quarter) => !kept.has(quarter));
    for (const run of runsOf(missing, SUMS_AT_ONCE)) {
      const span = { from: run[0]!, until: run.at(-1)! + QUARTER_MS, keys: of.keys };
      const rows = await of.store.check.readUsageByMinute(span);
      const numbered = rows.map((row) => Object.assign({ number: this.#numberOf(row) }, row));
      for (const [i, usage] of runningTotalsOf(numbered, run.length).entries()) {
        const stamp = stampOf(of, run[i]!).text;
        this.#minutes.set(run[i]!, { stamp, usage });
        this.#sums.set(run[i]!, { stamp, usage: lastMarks(usage) });
      }
    }
  }

  #recall(kept: Map<number, Kept>, of: QuartersRequest, quarters: readonly number[]): Map<number, QuarterUsage> {
    const found = new Map<number, QuarterUsage>();
    for (const quarter of quarters) {
      const one = kept.get(quarter);
      if (one !== undefined && one.stamp === stampOf(of, quarter).text) found.set(quarter, one.usage);
    }
    return found;
  }

  async #readSteps(of: QuartersRequest, run: readonly number[], stepMs: number): Promise<NumberedSteps[]> {
    const [from, until] = [run[0]!, run.at(-1)! + QUARTER_MS];
    const rows = await of.store.check.readUsageSteps({ from, until, stepMs, keys: of.keys }, of.asOf);
    return rows.map(({ keyId, observedBy, requests, spendMicros }) => ({
      number: this.#numberOf({ keyId, observedBy }),
      requests,
      spendMicros,
    }));
  }

  #numberOf({ keyId, observedBy }: Subject): number {
    const subject = { keyId, observedBy };
    const name = subjectKey(subject);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.subjects.length;
      this.#numbers.set(name, number);
      this.subjects.push({ ...subject, name });
    }
    return number;
  }

  #keepAll(of: QuartersRequest, { sums, minutes }: Quarters): void {
    for (const [kept, read] of [[this.#sums, sums] as const, [this.#minutes, minutes] as const]) {
      for (const [quarter, usage] of read) {
        const { text: stamp, settled } = stampOf(of, quarter);
        kept.delete(quarter);
        if (settled) kept.set(quarter, { stamp, usage });
      }
    }
    dropOldest(this.#sums, () => this.#sums.size > SUMS_KEPT);
    let bytes = [...this.#minutes.values()].reduce((sum, { usage }) => sum + bytesOf(usage), 0);
    dropOldest(this.#minutes, (dropped) => {
      bytes -= dropped === null ? 0 : bytesOf(dropped.usage);
      return bytes > ROOM_BYTES && this.#minutes.size > LEAST_KEPT;
    });
  }
}

/** A quarter, and what stands for the rows that it was read from. */
interface Kept {
  readonly stamp: string;
  readonly usage: QuarterUsage;
}

function compareSubjects(a: Subject, b: Subject): number {
  if (a.keyId !== b.keyId) return a.keyId < b.keyId ? -1 : 1;
  return a.observedBy < b.observedBy ? 1 : -1;
}

const bytesOf = ({ requests, spendMicros }: QuarterUsage) => requests.byteLength + spendMicros.byteLength;

function stampOf({ observed }: Pick<QuartersRequest, "observed">, quarter: number): Stamp {
  return observed.stamp(quarter, quarter + QUARTER_MS);
}

/** Drops what was used longest ago, as long as there is too much. */
function dropOldest(kept: Map<number, Kept>, isTooMuch: (dropped: Kept | null) => boolean): void {
  let dropped: Kept | null = null;
  for (const [quarter, oldest] of kept) {
    if (!isTooMuch(dropped)) return;
    kept.delete(quarter);
    dropped = oldest;
  }
}

/** Quarters that follow one another, at most so many together. */
function runsOf(quarters: readonly number[], most: number): number[][] {
  const runs: number[][] = [];
  for (const quarter of quarters.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run.length < most && run.at(-1)! + QUARTER_MS === quarter) run.push(quarter);
    else runs.push([quarter]);
  }
  return runs;
}

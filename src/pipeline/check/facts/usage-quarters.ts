import type { Store } from "../../../store/store.js";
import type { ObservedBy } from "../../../model/event/request-event.js";
import { HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { subjectKey, type Subject } from "../../../model/subject.js";
import { KeptQuarters, runsOf } from "./kept-quarters.js";
import type { ObservedLog } from "./observed-log.js";
import type { Stretch } from "./read-minutes.js";
import { RunningQuarters } from "./running-quarters.js";
import {
  columnOf,
  lastMarks,
  MARKS,
  QUARTER_MS,
  runningTotals,
  runningTotalsOf,
  type NumberedSteps,
  type QuarterUsage,
} from "./quarter-usage.js";

/** So many sums are read at once. */
const SUMS_AT_ONCE = (6 * HOUR_MS) / QUARTER_MS;
/** Sums and quarters by the minute are kept as long as there is room for them, and always those of a day and its hour, and as many as two ticks need. */
const ROOM_BYTES = 32_000_000;
const LEAST_SUMS_KEPT = (25 * HOUR_MS) / QUARTER_MS;
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
  readonly #numbers: Readonly<Record<ObservedBy, Map<string, number>>> = {
    gateway: new Map(),
    caller: new Map(),
    provider: new Map(),
  };
  readonly #sums = new KeptQuarters();
  readonly #minutes = new KeptQuarters();
  readonly #running = new RunningQuarters();
  /** What was read last, with what may not be kept of it: true of the same log. */
  #latest: { readonly observed: ObservedLog; readonly minutes: ReadonlyMap<number, QuarterUsage> } | null = null;
  #sorted: readonly number[] = [];
  #inUse: SubjectsInUse = { subjects: [], numbers: [] };

  async read(of: QuartersRequest): Promise<Quarters> {
    if (of.ahead !== null && of.asOf === null) await this.#readAhead(of, of.ahead);
    const minutes = this.#minutes.recall(of.observed, of.minutes);
    const sums = this.#sums.recall(of.observed, of.sums);
    const missing = of.minutes.filter((quarter) => !minutes.has(quarter));
    const isMissing = new Set(missing);
    await Promise.all([
      ...missing.map(async (quarter) => {
        const readSteps = async (stretch: Stretch) => this.#readSteps(of, stretch, MINUTE_MS);
        const usage =
          of.asOf === null
            ? await this.#running.read(of.observed, quarter, readSteps)
            : runningTotals(await readSteps(stretchOf([quarter])));
        minutes.set(quarter, usage);
        if (!sums.has(quarter)) sums.set(quarter, lastMarks(usage));
      }),
      ...runsOf(
        of.sums.filter((quarter) => !sums.has(quarter) && !isMissing.has(quarter)),
        SUMS_AT_ONCE,
      ).map(async (run) => {
        const steps = await this.#readSteps(of, stretchOf(run), QUARTER_MS);
        for (const [i, quarter] of run.entries()) sums.set(quarter, columnOf(steps, i));
      }),
    ]);
    if (of.asOf === null) {
      this.#sums.keepAll(of.observed, sums);
      this.#minutes.keepAll(of.observed, minutes);
      this.#sums.dropOldest(ROOM_BYTES, LEAST_SUMS_KEPT);
      this.#minutes.dropOldest(ROOM_BYTES, LEAST_KEPT);
      this.#latest = { observed: of.observed, minutes };
    }
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
  minutesOf(observed: ObservedLog, { keyId, observedBy }: Subject, { from, until }: Stretch) {
    const number = this.#numbers[observedBy].get(keyId);
    if (number === undefined) return null;
    const [requests, spendMicros] = [[] as number[], [] as number[]];
    for (let quarter = from; quarter < until; quarter += QUARTER_MS) {
      const usage = this.#knownMinutes(observed, quarter);
      if (usage === null) return null;
      for (let mark = number * MARKS + 1; mark < (number + 1) * MARKS; mark += 1) {
        requests.push((usage.requests[mark] ?? 0) - (usage.requests[mark - 1] ?? 0));
        spendMicros.push((usage.spendMicros[mark] ?? 0) - (usage.spendMicros[mark - 1] ?? 0));
      }
    }
    return { requests, spendMicros };
  }

  #knownMinutes(observed: ObservedLog, quarter: number): QuarterUsage | null {
    const latest = this.#latest?.observed === observed ? this.#latest.minutes.get(quarter) : undefined;
    if (latest !== undefined) return latest;
    return this.#minutes.peek(observed, quarter);
  }

  async #readAhead(of: QuartersRequest, { from, until }: NonNullable<QuartersRequest["ahead"]>): Promise<void> {
    if (!of.observed.stamp(from, until).settled) return;
    const quarters = Array.from({ length: (until - from) / QUARTER_MS }, (_, i) => from + i * QUARTER_MS);
    const kept = this.#minutes.recall(of.observed, quarters);
    const missing = quarters.filter((quarter) => !kept.has(quarter));
    for (const run of runsOf(missing, SUMS_AT_ONCE)) {
      const span = { from: run[0]!, until: run.at(-1)! + QUARTER_MS, keys: of.keys };
      const rows = await of.store.check.readUsageByMinute(span);
      const numbered = rows.map((row) => Object.assign({ number: this.#numberOf(row) }, row));
      const read = new Map(runningTotalsOf(numbered, run.length).map((usage, i) => [run[i]!, usage]));
      this.#minutes.keepAll(of.observed, read);
      this.#sums.keepAll(of.observed, new Map([...read].map(([quarter, usage]) => [quarter, lastMarks(usage)])));
    }
  }

  async #readSteps(of: QuartersRequest, { from, until }: Stretch, stepMs: number): Promise<NumberedSteps> {
    const { subjects, ...steps } = await of.store.check.readUsageSteps({ from, until, stepMs, keys: of.keys }, of.asOf);
    return { ...steps, numbers: subjects.map((subject) => this.#numberOf(subject)) };
  }

  #numberOf({ keyId, observedBy }: Subject): number {
    const numbers = this.#numbers[observedBy];
    let number = numbers.get(keyId);
    if (number === undefined) {
      number = this.subjects.length;
      numbers.set(keyId, number);
      this.subjects.push({ keyId, observedBy, name: subjectKey({ keyId, observedBy }) });
    }
    return number;
  }
}

/** From the first of some quarters to the end of the last. */
function stretchOf(quarters: readonly number[]): Stretch {
  return { from: quarters[0]!, until: quarters.at(-1)! + QUARTER_MS };
}

function compareSubjects(a: Subject, b: Subject): number {
  if (a.keyId !== b.keyId) return a.keyId < b.keyId ? -1 : 1;
  return a.observedBy < b.observedBy ? 1 : -1;
}

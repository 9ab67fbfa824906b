import { addSlots } from "../../baseline/add-slots.js";
import type { Baseline } from "../../model/finding/baseline.js";
import { eldersOf, type Lineages } from "../../model/key/lineage.js";
import type { BaselineSums } from "../../store/learn/past-baselines.js";
import type { NovelSeries } from "../../store/check/novel-series.js";
import type { UsageSlots } from "../../store/check/usage-slots.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import { inheritSnapshot } from "./inherit-snapshot.js";
import type { PastSums } from "./learn-key-day.js";
import type { Relative } from "./open-day.js";
import { type Subject, subjectKey } from "../../model/subject.js";

/** What is on file of every subject when a day is learned, by name. */
export interface DayRecords {
  readonly births: readonly (Subject & { readonly bornAt: number })[];
  readonly before: ReadonlyMap<string, Baseline>;
  readonly usage: ReadonlyMap<string, UsageSlots>;
  readonly novel: ReadonlyMap<string, readonly NovelSeries[]>;
  readonly lags: ReadonlyMap<string, readonly { readonly day: string; readonly slots: readonly number[] }[]>;
  readonly sums: ReadonlyMap<string, BaselineSums>;
}

/** What keys have of their own and of those that they succeed, on a day that is learned. */
export class Heritage {
  readonly #lineages: Lineages;
  readonly #of: DayRecords;
  readonly #bornAt: ReadonlyMap<string, number>;
  readonly #slots = new Map<string, Map<string, readonly number[]>>();
  /** By the name of who is succeeded: those that succeed it and were used. */
  readonly #heirs = new Map<string, string[]>();

  constructor(lineages: Lineages, of: DayRecords) {
    this.#lineages = lineages;
    this.#of = of;
    this.#bornAt = new Map(of.births.map((birth) => [subjectKey(birth), birth.bornAt]));
    for (const name of of.usage.keys()) {
      for (const elder of eldersOf(lineages, name)) this.#heirs.set(elder, [...(this.#heirs.get(elder) ?? []), name]);
    }
  }

  /** Epoch ms of the first request of the key or of any that it succeeds. */
  bornAt(name: string): number {
    return Math.min(...[name, ...eldersOf(this.#lineages, name)].map((one) => this.#bornAt.get(one) ?? Infinity));
  }

  /** The snapshot of the day before: its own, else that of the nearest that it succeeds. */
  before(name: string): Baseline | null {
    return inheritSnapshot(this.#lineages, name, this.#of.before) ?? null;
  }

  elders(name: string): Relative[] {
    return eldersOf(this.#lineages, name).map((elder) => this.#relative(elder));
  }

  /** Keys that succeed it and were used. */
  heirs(name: string): Relative[] {
    return (this.#heirs.get(name) ?? []).map((heir) => this.#relative(heir));
  }

  #relative(name: string): Relative {
    const { usage, novel } = this.#of;
    return { before: this.before(name), usage: usage.get(name) ?? null, novel: novel.get(name) ?? [] };
  }

  /** Whether the key's successor was used: groups count a lineage once, by that. */
  isSuperseded(name: string): boolean {
    return this.#heirs.has(name);
  }

  /** Notes what a key was taught on the learned day, for those that succeed it. */
  learned(name: string, day: string, slots: readonly number[]): void {
    this.#slotsOf(name).set(day, slots);
  }

  /** Slots of a past day (of the learned one: of the elders alone), summed up over the lineage; unknown where any of them is. */
  slotsOfDay(name: string, day: string): readonly number[] | undefined {
    const all = [name, ...eldersOf(this.#lineages, name)].flatMap((one) => {
      const slots = this.#slotsOf(one).get(day);
      return slots?.length === SLOTS_PER_DAY ? [slots] : [];
    });
    return all.length < 2 ? all[0] : all.reduce(addSlots);
  }

  /** Sums over past days, over the lineage. */
  sums(name: string): PastSums {
    return [name, ...eldersOf(this.#lineages, name)].reduce(
      (sum, one) => addSums(sum, this.#of.sums.get(one)),
      NO_SUMS,
    );
  }

  #slotsOf(name: string): Map<string, readonly number[]> {
    let slots = this.#slots.get(name);
    if (slots === undefined) {
      slots = new Map((this.#of.lags.get(name) ?? []).map((lag) => [lag.day, lag.slots]));
      this.#slots.set(name, slots);
    }
    return slots;
  }
}

const NO_SUMS: PastSums = { novelRequests: [], churnRequests: 0, costMicros: 0, costRequests: 0 };

function addSums(sum: PastSums, own: PastSums | undefined): PastSums {
  if (own === undefined) return sum;
  const length = Math.max(sum.novelRequests.length, own.novelRequests.length);
  return {
    novelRequests: Array.from({ length }, (_, g) => (sum.novelRequests[g] ?? 0) + (own.novelRequests[g] ?? 0)),
    churnRequests: sum.churnRequests + own.churnRequests,
    costMicros: sum.costMicros + own.costMicros,
    costRequests: sum.costRequests + own.costRequests,
  };
}

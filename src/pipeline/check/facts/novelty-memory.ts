import type { Store } from "../../../store/store.js";
import { joinFacts, splitByKey } from "./facts-by-key.js";
import {
  NO_NOVELTY,
  type AddressFact,
  type NoveltyContext,
  type NoveltyFacts,
  type ValueFact,
} from "../../../store/check/novelty-fact.js";
import type { Lineages } from "../../../model/key/lineage.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { quarterOf } from "./quarter-usage.js";
import type { ObservedLog } from "./observed-log.js";

/** Facts reach so far back from the hour that they are first needed for: checks of late minutes ask what was new then. */
const REACH_BACK_MS = DAY_MS + 2 * HOUR_MS;
/** To a later hour less is new, until they are too much to go through. */
const SERVES_MS = REACH_BACK_MS + DAY_MS;
/** What a key uses for the first time is dated by its minute, unless that lies a day before its arrival. */
const DATED_BY_MINUTE_MS = 23 * HOUR_MS;
/** Stretches of changed minutes are asked about one by one; more of them as one. */
const MOST_STRETCHES = 3;
/** Values that are first used later have no traffic before: nothing has to be left out. */
const FOR_EVER = (2 ** 32 - 1) * 1000;

/** What decides on novelty besides traffic, with what stands for it, and the keys that are watched. */
export type NoveltyScene = NoveltyContext & { readonly stamp: string; readonly keys: readonly string[] };

/** What novelty of a span is read with. */
export interface NoveltyRequest {
  readonly store: Store;
  readonly hour: number;
  /** The last tick. */
  readonly until: number;
  readonly context: NoveltyScene;
  readonly observed: ObservedLog;
}

/** What is new to keys, and what stands for it as far as it decides on minutes that were read before. */
export interface KnownNovelty {
  readonly facts: NoveltyFacts;
  readonly version: string;
  /** What stands for everything that was used long before: what was first used after it was read is among the facts. */
  readonly since: string;
}

interface Known {
  readonly stamp: string;
  readonly hour: number;
  readonly byKey: Map<string, NoveltyFacts>;
  /** Of all keys; the same object as long as they are the same. */
  facts: NoveltyFacts;
  /** Rows of each minute that the facts stand for. */
  readonly rows: Map<number, string>;
  /** Rows of all minutes before. */
  readonly before: string;
  /** The last tick that was asked about (epoch ms): minutes of quarters before its own may have been read. */
  until: number;
}

/**
 * What is new to keys, kept in step with ClickHouse: minutes that got rows since say which keys used something for the first time, and of these
 * alone the facts are read again. It can be dropped at any time.
 */
export class NoveltyMemory {
  #known: Known | null = null;
  /** Counts what amended facts: since when a value is known decides on all minutes after it, those included that were read before. */
  #version = 0;
  #rebuilds = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** The facts as of a span; spans that are judged at once take turns. */
  async read(of: NoveltyRequest): Promise<KnownNovelty> {
    const mine = this.#turn.then(async () => this.#advance(of));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #advance(of: NoveltyRequest): Promise<KnownNovelty> {
    const known = this.#known;
    const changed = known !== null && serves(known, of) ? changedMinutes(known, of) : null;
    if (known === null || changed === null) await this.#rebuild(of);
    else if (changed.length > 0) await this.#update(known, of, changed);
    return {
      facts: this.#known!.facts,
      version: `${of.context.stamp} ${this.#version}`,
      since: `${of.context.stamp} ${this.#rebuilds}`,
    };
  }

  async #rebuild(of: NoveltyRequest): Promise<void> {
    const hour = of.hour - REACH_BACK_MS;
    const byKey = splitByKey(await of.store.check.readNoveltyFacts({ ...of.context, hour, until: FOR_EVER }, null));
    const rows = new Map<number, string>();
    this.#known = {
      stamp: of.context.stamp,
      hour,
      byKey,
      facts: joinFacts([...byKey.values()]),
      rows,
      before: of.observed.stamp(0, hour).text,
      until: of.until,
    };
    noteRows(this.#known, of.observed, of.observed.counted);
    this.#version += 1;
    this.#rebuilds += 1;
  }

  async #update(known: Known, of: NoveltyRequest, changed: readonly number[]): Promise<void> {
    const { store, context } = of;
    const found = await Promise.all(
      stretchesOf(changed).map(async (stretch) =>
        store.check.readKeysWithFirstUses({ ...stretch, keys: context.keys }, null),
      ),
    );
    const keys = withHeirs(found.flat(), context.lineages);
    if (keys.length > 0) {
      const facts = await store.check.readNoveltyFacts({ ...context, hour: known.hour, until: FOR_EVER, keys }, null);
      const byKey = splitByKey(facts);
      const kept = quarterOf(known.until);
      if (keys.some((key) => isAmended(known.byKey.get(key), byKey.get(key), kept))) this.#version += 1;
      for (const key of keys) known.byKey.delete(key);
      for (const [key, own] of byKey) known.byKey.set(key, own);
      known.facts = joinFacts([...known.byKey.values()]);
    }
    noteRows(known, of.observed, changed);
    known.until = Math.max(known.until, of.until);
  }
}

/** Whether what is known speaks of the hour, under the same registry, and of no row from before it that came since. */
function serves(known: Known, { hour, context, observed }: NoveltyRequest): boolean {
  return (
    known.stamp === context.stamp &&
    hour >= known.hour &&
    hour <= known.hour + SERVES_MS &&
    observed.stamp(0, known.hour).text === known.before
  );
}

/** Minutes up to the last tick of which rows came since; null when some are too old for what they changed to be found by their minute. */
function changedMinutes(known: Known, { observed, until }: NoveltyRequest): number[] | null {
  const changed = observed.counted.filter(
    (minute) =>
      minute >= known.hour && minute < until && observed.stampOfMinute(minute).text !== known.rows.get(minute),
  );
  return changed.some((minute) => minute < observed.countedAt - DATED_BY_MINUTE_MS) ? null : changed;
}

/** Notes the rows that facts stand for; minutes of which some may still be on their way count as changed next time. */
function noteRows(known: Known, observed: ObservedLog, minutes: readonly number[]): void {
  for (const minute of minutes) {
    const { text, settled } = observed.stampOfMinute(minute);
    if (settled) known.rows.set(minute, text);
    else known.rows.delete(minute);
  }
}

/** Keys with those that succeed them: what a key succeeds used is known to it. */
function withHeirs(keys: readonly string[], lineages: Lineages): string[] {
  const all = new Set(keys);
  for (const [heir, elders] of lineages) if (elders.some((elder) => all.has(elder))) all.add(heir);
  return [...all];
}

/** Whether a fact that was known is another now, or one came that speaks of minutes before `kept` (epoch ms), which may have been read without it. */
function isAmended(before: NoveltyFacts | undefined, now: NoveltyFacts | undefined, kept: number): boolean {
  const [old, fresh] = [textsOf(before ?? NO_NOVELTY), textsOf(now ?? NO_NOVELTY)];
  for (const text of old.keys()) if (!fresh.has(text)) return true;
  for (const [text, usedAt] of fresh) if (usedAt < kept && !old.has(text)) return true;
  return false;
}

/** Facts as texts, each with when its value was first used. */
function textsOf(all: NoveltyFacts): Map<string, number> {
  return new Map(
    Object.entries(all).flatMap(([kind, facts]: [string, readonly (AddressFact | ValueFact)[]]) =>
      facts.map((fact) => [`${kind} ${JSON.stringify(fact)}`, fact.usedAt] as const),
    ),
  );
}

/** Minutes as stretches, half-open. */
function stretchesOf(minutes: readonly number[]): { from: number; until: number }[] {
  const stretches: { from: number; until: number }[] = [];
  for (const minute of minutes) {
    const last = stretches.at(-1);
    if (last?.until === minute) last.until += MINUTE_MS;
    else stretches.push({ from: minute, until: minute + MINUTE_MS });
  }
  if (stretches.length <= MOST_STRETCHES) return stretches;
  return [{ from: stretches[0]!.from, until: stretches.at(-1)!.until }];
}

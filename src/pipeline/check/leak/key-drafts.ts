import { forecast } from "../../../baseline/forecast-columns.js";
import type { TickMarks } from "../../../baseline/hour-forecast.js";
import { slideRefusals } from "../../../baseline/slide-refusals.js";
import { surgeOf, type GroupSums } from "../../../detect/group-sums.js";
import { familiarRequests, familiarSpend, withMovedOn } from "../../../detect/familiar.js";
import type { KeyTick } from "../../../detect/measure.js";
import { NOISE_FIGURES } from "../../../model/finding/hour-forecast.js";
import { NO_NOVEL_TRAFFIC, type NovelTraffic } from "../../../model/finding/novelty.js";
import { NO_REFUSALS, type Refusals } from "../../../model/finding/refusals.js";
import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { COVERED, RELATED } from "../facts/key-columns.js";
import type { NovelBefore } from "../facts/novel-sums.js";
import { keepDraft, newDraftTick, raiseDraft, type DraftTick } from "./draft-tick.js";
import type { SpanFigures } from "./read-span.js";
import type { UsageBefore } from "./usage-table.js";

/** Refusals are read from a day before the hour of the span to its end. */
const MINUTES_OF_SPAN = { count: (DAY_MS + HOUR_MS) / MINUTE_MS, inWindow: WINDOW_MINUTES };

/** One tick of a span: what of the forecasts counts at it, what was new before it, and what groups of keys did. */
export interface Scene {
  readonly at: number;
  readonly marks: TickMarks | null;
  readonly usage: UsageBefore;
  /** By a key's position; of the few that have any. */
  readonly novel: readonly (NovelTraffic | undefined)[];
  readonly sums: GroupSums;
}

const NO_CHURN: readonly number[] = [];

/** A bit more than those of what is known of a key: that it was refused something, or has no address. */
const REFUSED = 64;
const UNPLACED = 128;

/** The figures of the keys of a span, one key and tick after the other, each written over the one before: millions are looked at, few are kept. */
export class KeyDrafts {
  readonly draft: DraftTick = newDraftTick();
  readonly #figures: SpanFigures;
  readonly #marks: Uint8Array;
  readonly #from: number;
  /** Of the few keys that were refused anything. */
  readonly #refusals: ReadonlyMap<number, (minute: number) => Refusals>;

  /** @param from epoch ms at which the minutes of refusals begin */
  constructor(figures: SpanFigures, from: number) {
    this.#from = from;
    this.#figures = figures;
    const { positions, marks } = figures.columns;
    this.#marks = marks.slice();
    const refusals = new Map<number, (minute: number) => Refusals>();
    for (const [name, routes] of figures.refused) {
      const i = positions.get(name);
      if (i === undefined) continue;
      refusals.set(i, slideRefusals(routes, MINUTES_OF_SPAN));
      this.#marks[i]! |= REFUSED;
    }
    this.#refusals = refusals;
    for (const name of figures.unplaced) {
      const i = positions.get(name);
      if (i !== undefined) this.#marks[i]! |= UNPLACED;
    }
  }

  /** Writes those of a key at a tick; false when it is judged by its successor, or did nothing for a day. */
  write(i: number, scene: Scene): boolean {
    const { draft } = this;
    const { rows, bornAt, spendPerRequest, limitPerMinute } = this.#figures.columns;
    const marks = this.#marks[i]!;
    if ((marks & COVERED) !== 0 || !scene.usage.read(i, draft.requests, draft.spendMicros)) return false;
    const { at } = scene;
    const isRelated = (marks & RELATED) !== 0;
    if (isRelated) for (const elder of this.#figures.members[i]!.elders) addFamiliar(draft, elder, scene);
    draft.ahead.known = false;
    const row = rows[i]!;
    if (scene.marks !== null && row >= 0) forecast(this.#figures.expected.columns, row, scene.marks, draft.ahead);
    draft.expectation = draft.ahead.known ? draft.ahead : null;
    draft.novel = scene.novel[i] ?? NO_NOVEL_TRAFFIC;
    if (isRelated) this.#leaveToHeirs(this.#figures.members[i]!.heirs, scene);
    draft.spendPerRequest = spendPerRequest[i]!;
    const born = bornAt[i]!;
    draft.ageDays = Number.isNaN(born) ? 0 : (at - born) / DAY_MS;
    draft.isPlaced = (marks & UNPLACED) === 0;
    const limit = limitPerMinute[i]!;
    draft.limitPerMinute = Number.isNaN(limit) ? null : limit;
    draft.refusals = (marks & REFUSED) === 0 ? NO_REFUSALS : this.#refusals.get(i)!((at - this.#from) / MINUTE_MS);
    return true;
  }

  /** Completes the written key, once all of a tick are added up: what its groups share is taken for expected. */
  complete(i: number, { sums }: Scene): void {
    const { members, columns, expected } = this.#figures;
    const row = columns.rows[i]!;
    this.draft.churn = row < 0 ? NO_CHURN : expected.columns.of.churn[row]!;
    if (row >= 0) {
      const surge = surgeOf(members[i]!.groups.map((group) => sums.of(group)));
      raiseDraft(this.draft, expected.columns.of.noise, row * NOISE_FIGURES, surge);
    }
  }

  /** The written figures, to be kept. */
  keepWritten(): KeyTick {
    return keepDraft(this.draft);
  }

  /** Figures of a key at a tick, to be kept; null when there are none. */
  keep(i: number, scene: Scene): KeyTick | null {
    if (!this.write(i, scene)) return null;
    this.complete(i, scene);
    return this.keepWritten();
  }

  /** What moved on to the keys that succeed the written one is not missing from it. */
  #leaveToHeirs(heirs: readonly number[], scene: Scene): void {
    const moved = { requests: [0, 0, 0, 0], spendMicros: [0, 0, 0, 0] } as FamiliarSums;
    for (const heir of heirs) addFamiliar(moved, heir, scene);
    Object.assign(this.draft.requests, withMovedOn(this.draft, moved.requests));
  }
}

/** Sums per window of what keys use from networks that they know. */
type FamiliarSums = Pick<DraftTick, "requests" | "spendMicros">;

/** Adds what a key that the judged one succeeds, or that succeeds it, uses from networks that it knows: callers move from one to the other. */
function addFamiliar(sums: FamiliarSums, relative: number, { usage, novel }: Scene): void {
  const [requests, spendMicros] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ] as [[number, number, number, number], [number, number, number, number]];
  if (!usage.read(relative, requests, spendMicros)) return;
  const tick = { requests, spendMicros, novel: novel[relative] ?? NO_NOVEL_TRAFFIC };
  const [knownRequests, knownSpend] = [familiarRequests(tick), familiarSpend(tick)];
  for (let w = 0; w < 4; w += 1) {
    sums.requests[w]! += knownRequests[w]!;
    sums.spendMicros[w]! += knownSpend[w]!;
  }
}

/** Puts what is new to keys where they stand. */
export function novelByPosition(
  novel: ReadonlyMap<string, NovelBefore>,
  positions: ReadonlyMap<string, number>,
): (NovelTraffic | undefined)[] {
  const found: (NovelTraffic | undefined)[] = Array.from({ length: positions.size });
  for (const [name, { traffic }] of novel) {
    const i = positions.get(name);
    if (i !== undefined) found[i] = traffic;
  }
  return found;
}

import { forecast, type TickMarks } from "../../../baseline/hour-forecast.js";
import { slideRefusals } from "../../../baseline/slide-refusals.js";
import { surgeOf, type GroupSums } from "../../../detect/group-sums.js";
import { familiarRequests, familiarSpend, withMovedOn, type KeyTick } from "../../../detect/measure.js";
import { NO_NOVEL_TRAFFIC } from "../../../model/finding/novelty.js";
import { NO_REFUSALS, type Refusals } from "../../../model/finding/refusals.js";
import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { NovelBefore } from "../facts/novel-sums.js";
import { keepDraft, newDraftTick, raiseDraft, type DraftTick } from "./draft-tick.js";
import type { Member } from "../facts/members-of-span.js";
import type { SpanFigures } from "./read-span.js";

/** Refusals are read from a day before the hour of the span to its end. */
const MINUTES_OF_SPAN = { count: (DAY_MS + HOUR_MS) / MINUTE_MS, inWindow: WINDOW_MINUTES };

/** One tick of a span: what of the forecasts counts at it, what was new before it, and what groups of keys did. */
export interface Scene {
  readonly at: number;
  readonly marks: TickMarks | null;
  readonly novel: ReadonlyMap<string, NovelBefore>;
  readonly sums: GroupSums;
}

/** The figures of the keys of a span, one key and tick after the other, each written over the one before: millions are looked at, few are kept. */
export class KeyDrafts {
  readonly draft: DraftTick = newDraftTick();
  readonly #figures: SpanFigures;
  readonly #members: readonly Member[];
  readonly #from: number;
  /** Of the few keys that were refused anything. */
  readonly #refusals: ReadonlyMap<string, (minute: number) => Refusals>;

  /** @param from epoch ms at which the minutes of refusals begin */
  constructor(figures: SpanFigures, members: readonly Member[], from: number) {
    this.#from = from;
    this.#figures = figures;
    this.#members = members;
    this.#refusals = new Map(
      [...figures.refused].map(([name, routes]) => [name, slideRefusals(routes, MINUTES_OF_SPAN)]),
    );
  }

  /** Writes those of a key at a tick; false when it is judged by its successor, or did nothing for a day. */
  write(i: number, { at, marks, novel }: Scene): boolean {
    const { draft } = this;
    const { usage, unplaced } = this.#figures;
    const { isCovered, hourForecast, limitPerMinute, elders, heirs } = this.#members[i]!;
    if (isCovered || !usage.read(i, at, draft.requests, draft.spendMicros)) return false;
    const { name } = usage.subjects[i]!;
    for (const elder of elders) addFamiliar(draft, usage, elder, at, novel);
    if (hourForecast !== null && marks !== null) forecast(hourForecast, marks, draft.ahead);
    draft.expectation = hourForecast !== null && marks !== null && draft.ahead.known ? draft.ahead : null;
    draft.novel = novel.get(name)?.traffic ?? NO_NOVEL_TRAFFIC;
    if (heirs.length > 0) this.#leaveToHeirs(heirs, at, novel);
    draft.churn = hourForecast?.churn ?? [];
    draft.spendPerRequest = hourForecast?.spendPerRequest ?? 0;
    draft.ageDays = hourForecast === null ? 0 : (at - hourForecast.bornAt) / DAY_MS;
    draft.isPlaced = !unplaced.has(name);
    draft.limitPerMinute = limitPerMinute;
    draft.refusals = this.#refusals.get(name)?.((at - this.#from) / MINUTE_MS) ?? NO_REFUSALS;
    return true;
  }

  /** Takes for expected what the groups of the written key share, once all of a tick are added up. */
  raise(i: number, { sums }: Scene): void {
    const { hourForecast, groups } = this.#members[i]!;
    if (hourForecast !== null)
      raiseDraft(this.draft, hourForecast.noise, surgeOf(groups.map((group) => sums.of(group))));
  }

  /** Figures of a key at a tick, to be kept; null when there are none. */
  keep(i: number, scene: Scene): KeyTick | null {
    if (!this.write(i, scene)) return null;
    this.raise(i, scene);
    return keepDraft(this.draft);
  }

  /** What moved on to the keys that succeed the written one is not missing from it. */
  #leaveToHeirs(heirs: readonly number[], at: number, novel: Scene["novel"]): void {
    const moved = { requests: [0, 0, 0, 0], spendMicros: [0, 0, 0, 0] } as FamiliarSums;
    for (const heir of heirs) addFamiliar(moved, this.#figures.usage, heir, at, novel);
    Object.assign(this.draft.requests, withMovedOn(this.draft, moved.requests));
  }
}

/** Sums per window of what keys use from networks that they know. */
type FamiliarSums = Pick<DraftTick, "requests" | "spendMicros">;

/** Adds what a key that the judged one succeeds, or that succeeds it, uses from networks that it knows: callers move from one to the other. */
function addFamiliar(
  sums: FamiliarSums,
  usage: SpanFigures["usage"],
  relative: number,
  at: number,
  novel: ReadonlyMap<string, NovelBefore>,
): void {
  const [requests, spendMicros] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ] as [[number, number, number, number], [number, number, number, number]];
  if (!usage.read(relative, at, requests, spendMicros)) return;
  const tick = { requests, spendMicros, novel: novel.get(usage.subjects[relative]!.name)?.traffic ?? NO_NOVEL_TRAFFIC };
  const [knownRequests, knownSpend] = [familiarRequests(tick), familiarSpend(tick)];
  for (let w = 0; w < 4; w += 1) {
    sums.requests[w]! += knownRequests[w]!;
    sums.spendMicros[w]! += knownSpend[w]!;
  }
}

import { combine, predict, raised } from "../../baseline/expectation.js";
import type { LearnedTick } from "../../baseline/learn-model.js";
import { slideRefusals, type RefusedRoute } from "../../baseline/slide-refusals.js";
import {
  prefixSums,
  slideNovelTraffic,
  SLOTS_PER_WINDOW,
  windowFloors,
  windowSums,
} from "../../baseline/slide-windows.js";
import { highestScore } from "../../detect/judge-key.js";
import { familiarRequests, familiarSpend, measure, withMovedOn, type KeyTick } from "../../detect/measure.js";
import type { FirstDays } from "../../model/key/founding.js";
import { noveltyMs, type Baseline } from "../../model/finding/baseline.js";
import { NOVELTY_LEVELS } from "../../model/finding/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, type PerWindow } from "../../model/finding/window.js";
import type { NovelSlotRow } from "../../store/check/novel-slots.js";
import type { UsageSeries } from "../../store/check/usage.js";
import { DAY_MS, dayStart } from "../../time/day.js";

/** What a key that the judged one succeeds, or that succeeds it, did on the same day: callers move from one to the other. */
export interface Relative {
  readonly before: Baseline | null;
  readonly usage: Omit<UsageSeries, "keyId" | "observedBy"> | null;
  readonly novel: readonly Omit<NovelSlotRow, "keyId" | "observedBy">[];
}

/** One key's closed day, and what was known of the key before it. */
export interface DayOfKey {
  readonly day: string;
  readonly bornAt: number;
  /** Snapshot of the day before, or that of the key that it succeeds; null on the first day. */
  readonly before: Baseline | null;
  readonly elders: readonly Relative[];
  readonly heirs: readonly Relative[];
  /** Slots of the day and the day before it; null when the key made no request in either. */
  readonly usage: Omit<UsageSeries, "keyId" | "observedBy"> | null;
  readonly novel: readonly Omit<NovelSlotRow, "keyId" | "observedBy">[];
  /** What was refused on routes that had never served the key, in slots of the day and the day before it. */
  readonly refused: readonly RefusedRoute[];
  readonly limitPerMinute: number | null;
  /** Whether any request of it, or of a key that it succeeds, had an address before the end of the day. */
  readonly isPlaced: boolean;
  /** Share of each slot of both days that is known (heardShares); null when all of it is. */
  readonly shares: Float64Array | null;
}

/** One five-minute tick of a closed day. */
export interface DayTick {
  /** Epoch ms. */
  readonly at: number;
  /** What the model learns from; null before the key's second day. */
  readonly learned: LearnedTick | null;
  /** What the statistics are computed from; null when the key did nothing for a day. */
  readonly figures: KeyTick | null;
}

/**
 * What a key did on a closed day, as the live check sees it at each of the 288 ticks, under the snapshot that its checks used. Novelty, floors and
 * expectation have a form for slots here and one for minutes there: test/unit/live-and-learning.test.ts holds them together.
 */
export interface OpenDay {
  /** Requests of the day's 288 slots. */
  readonly slots: readonly number[];
  readonly requests: number;
  readonly spendMicros: number;
  /** Requests of the day per novelty level. */
  readonly novelRequests: readonly number[];
  readonly ticks: readonly DayTick[];
}

/** One tick of a replayed day: its statistics are null when the key did nothing for a day. */
export interface ReplayedTick extends Pick<DayTick, "at" | "learned"> {
  readonly bins: readonly number[] | null;
  /** Set in the first days of a key that is compared with others. */
  readonly firstDays: FirstDays | null;
}

/** What a day came to. */
export interface Replay extends Omit<OpenDay, "ticks"> {
  readonly ticks: readonly ReplayedTick[];
}

/** Surge that a key's groups share at each of a day's ticks. */
export type SurgeAt = (tick: number) => PerWindow;

const NOTHING = perWindow(() => 0);

/** Lays out a key's closed day. */
export function openDay(of: DayOfKey): OpenDay {
  const start = dayStart(of.day);
  const slots = dense(of.usage, (series) => series.requests);
  const spend = dense(of.usage, (series) => series.spendMicros);
  const [requestSums, spendSums] = [prefixSums(slots), prefixSums(spend)];
  const novelAt = slideNovelTraffic(of.novel, start, noveltyMs(of.before));
  const refusalsAt = slideRefusals(of.refused, { count: 2 * SLOTS_PER_DAY, inWindow: SLOTS_PER_WINDOW });
  const elders = of.elders.map((elder) => familiarUse(elder, start));
  const heirs = of.heirs.map((heir) => familiarUse(heir, start));
  const spendPerRequest = of.before?.spendPerRequest ?? 0;
  const limitPerSlot = of.limitPerMinute === null ? null : (of.limitPerMinute * SLOT_MS) / 60_000;
  const ticks: DayTick[] = [];
  for (let end = SLOTS_PER_DAY + 1; end <= 2 * SLOTS_PER_DAY; end += 1) {
    const at = start - DAY_MS + end * SLOT_MS;
    const [ownRequests, ownSpend] = [windowSums(requestSums, end), windowSums(spendSums, end)];
    const inherited = elders.map((familiarAt) => familiarAt(end));
    const requests = inherited.reduce((sum, elder) => addWindows(sum, elder.requests), ownRequests);
    const spendMicros = inherited.reduce((sum, elder) => addWindows(sum, elder.spendMicros), ownSpend);
    const predictions = of.before === null ? null : predict(of.before, at, of.shares);
    const costEquivalents = spendPerRequest > 0 ? perWindow((w) => spendMicros[w]! / spendPerRequest) : null;
    const expectation = predictions === null ? null : combine(of.before!, predictions);
    const novel = novelAt(end);
    const movedOn = heirs.map((familiarAt) => familiarAt(end).requests).reduce(addWindows, NOTHING);
    const figures =
      ownRequests[3] === 0
        ? null
        : {
            requests: withMovedOn({ requests, novel, expectation }, movedOn),
            spendMicros,
            novel,
            expectation,
            churn: of.before?.churn ?? [],
            spendPerRequest,
            ageDays: (at - of.bornAt) / DAY_MS,
            isPlaced: of.isPlaced,
            floors: limitPerSlot === null ? null : windowFloors(slots, end, limitPerSlot),
            currentShare: limitPerSlot === null ? 0 : slots[end - 1]! / limitPerSlot,
            refusals: refusalsAt(end),
          };
    ticks.push({ at, learned: predictions === null ? null : { requests, costEquivalents, predictions }, figures });
  }
  const atEnd = novelAt(2 * SLOTS_PER_DAY);
  return {
    slots: slots.slice(SLOTS_PER_DAY),
    requests: requestSums.at(-1)! - requestSums[SLOTS_PER_DAY]!,
    spendMicros: spendSums.at(-1)! - spendSums[SLOTS_PER_DAY]!,
    novelRequests: NOVELTY_LEVELS.map((_, g) => atEnd.requests[g]![3]),
    ticks,
  };
}

/** What a relative used from networks that it knows, in the windows that end with a slot; slots come in order. */
function familiarUse({ before, usage, novel }: Relative, start: number) {
  const requestSums = prefixSums(dense(usage, (series) => series.requests));
  const spendSums = prefixSums(dense(usage, (series) => series.spendMicros));
  const novelAt = slideNovelTraffic(novel, start, noveltyMs(before));
  return (end: number) => {
    const tick = {
      requests: windowSums(requestSums, end),
      spendMicros: windowSums(spendSums, end),
      novel: novelAt(end),
    };
    return { requests: familiarRequests(tick), spendMicros: familiarSpend(tick) };
  };
}

const addWindows = (one: PerWindow, other: PerWindow): PerWindow => perWindow((w) => one[w]! + other[w]!);

/** Goes through the ticks of a closed day, each measured as the live check measures it. */
export function replayDay(day: OpenDay, before: Baseline | null, surgeAt: SurgeAt): Replay {
  const ticks = day.ticks.map(({ at, learned, figures }): ReplayedTick => {
    if (figures === null) return { at, learned, bins: null, firstDays: null };
    const { firstDays } = figures.novel;
    return { at, learned, firstDays, bins: measure(raiseTick(figures, before, surgeAt(at))).bins };
  });
  return { ...day, ticks };
}

/** A key's tick with what its groups share taken for expected. */
function raiseTick(tick: KeyTick, baseline: Pick<Baseline, "noise"> | null, surge: PerWindow): KeyTick {
  if (tick.expectation === null || baseline === null) return tick;
  const expectation = raised(tick.expectation, baseline.noise, surge);
  return expectation === tick.expectation ? tick : { ...tick, expectation };
}

/** Ticks that the kindest history would bring to a score of `least`: only these need the key's own history. */
export function ticksThatMatter(replay: Replay, isPlaced: boolean, least: number): readonly ReplayedTick[] {
  return replay.ticks.filter(
    ({ bins, firstDays }) => bins !== null && highestScore(bins, isPlaced, firstDays) >= least,
  );
}

function dense(
  series: DayOfKey["usage"],
  values: (series: NonNullable<DayOfKey["usage"]>) => readonly number[],
): number[] {
  const slots = Array.from({ length: 2 * SLOTS_PER_DAY }, () => 0);
  if (series !== null) for (const [i, at] of series.at.entries()) slots[at] = values(series)[i]!;
  return slots;
}

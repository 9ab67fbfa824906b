import { expect, predict } from "../baseline/expectation.js";
import type { LearnedTick } from "../baseline/learn-model.js";
import { prefixSums, slideNovelTraffic, windowFloors, windowSums } from "../baseline/slide-windows.js";
import { highestScore } from "../detect/judge-key.js";
import { measure } from "../detect/measure.js";
import { noveltyMs, type Baseline } from "../model/baseline.js";
import { NOVELTY_LEVELS } from "../model/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY } from "../model/window.js";
import type { NovelSlotRow, UsageSeries } from "../store/usage.js";
import { DAY_MS, dayStart } from "../time/day.js";

/** One key's closed day, and what was known of the key before it. */
export interface DayOfKey {
  readonly day: string;
  readonly bornAt: number;
  /** Snapshot of the day before; null on the key's first day. */
  readonly before: Baseline | null;
  /** Slots of the day and the day before it; null when the key made no request in either. */
  readonly usage: Omit<UsageSeries, "keyId" | "observedBy"> | null;
  readonly novel: readonly Omit<NovelSlotRow, "keyId" | "observedBy">[];
  readonly limitPerMinute: number | null;
  /** Share of each slot of both days that is known (heardShares); null when all of it is. */
  readonly shares: Float64Array | null;
}

/** One five-minute tick of a replayed day. */
export interface ReplayedTick {
  /** Epoch ms. */
  readonly at: number;
  /** What the model learns from; null before the key's second day. */
  readonly learned: LearnedTick | null;
  /** The statistics; null when the key did nothing for a day. */
  readonly bins: readonly number[] | null;
}

/** What a day came to. */
export interface Replay {
  /** Requests of the day's 288 slots. */
  readonly slots: readonly number[];
  readonly requests: number;
  readonly spendMicros: number;
  /** Requests of the day per novelty level. */
  readonly novelRequests: readonly number[];
  readonly ticks: readonly ReplayedTick[];
}

/**
 * Goes through the 288 ticks of a closed day with the very functions of the live check, under the snapshot that its checks used.
 */
export function replayDay(of: DayOfKey): Replay {
  const start = dayStart(of.day);
  const slots = dense(of.usage, (series) => series.requests);
  const spend = dense(of.usage, (series) => series.spendMicros);
  const [requestSums, spendSums] = [prefixSums(slots), prefixSums(spend)];
  const novelAt = slideNovelTraffic(of.novel, start, noveltyMs(of.before));
  const spendPerRequest = of.before?.spendPerRequest ?? 0;
  const limitPerSlot = of.limitPerMinute === null ? null : (of.limitPerMinute * SLOT_MS) / 60_000;
  const ticks: ReplayedTick[] = [];
  for (let end = SLOTS_PER_DAY + 1; end <= 2 * SLOTS_PER_DAY; end += 1) {
    const at = start - DAY_MS + end * SLOT_MS;
    const requests = windowSums(requestSums, end);
    const spendMicros = windowSums(spendSums, end);
    let learned: LearnedTick | null = null;
    if (of.before !== null) {
      const costEquivalents = spendPerRequest > 0 ? perWindow((w) => spendMicros[w]! / spendPerRequest) : null;
      learned = { requests, costEquivalents, predictions: predict(of.before, at, of.shares) };
    }
    let bins: readonly number[] | null = null;
    if (requests[3] > 0) {
      ({ bins } = measure({
        requests,
        spendMicros,
        novel: novelAt(end),
        expectation: of.before === null ? null : expect(of.before, at, of.shares),
        churn: of.before?.churn ?? [],
        spendPerRequest,
        ageDays: (at - of.bornAt) / DAY_MS,
        floors: limitPerSlot === null ? null : windowFloors(slots, end, limitPerSlot),
        currentShare: limitPerSlot === null ? 0 : slots[end - 1]! / limitPerSlot,
      }));
    }
    ticks.push({ at, learned, bins });
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

/** Ticks that the kindest history would bring to a score of `least`: only these need the key's own history. */
export function ticksThatMatter(replay: Replay, least: number): readonly ReplayedTick[] {
  return replay.ticks.filter(({ bins }) => bins !== null && highestScore(bins) >= least);
}

function dense(
  series: DayOfKey["usage"],
  values: (series: NonNullable<DayOfKey["usage"]>) => readonly number[],
): number[] {
  const slots = Array.from({ length: 2 * SLOTS_PER_DAY }, () => 0);
  if (series !== null) for (const [i, at] of series.at.entries()) slots[at] = values(series)[i]!;
  return slots;
}

import { expect, predict } from "../baseline/expectation.js";
import type { LearnedTick } from "../baseline/learn-model.js";
import { prefixSums, slideNovelTraffic, windowFloors, windowSums } from "../baseline/slide-windows.js";
import { measure } from "../detect/measure.js";
import type { Baseline } from "../model/baseline.js";
import { NOVELTY_LEVELS } from "../model/novelty.js";
import { STATISTIC_COUNT } from "../model/statistics.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY } from "../model/window.js";
import type { NovelSlotRow, UsageSeries } from "../store/usage.js";
import { DAY_MS, dayStart } from "../time/day.js";

/** One key's closed day, and what was known of the key before it. */
export interface DayOfKey {
  readonly day: string;
  /** False when no source was heard all day. */
  readonly heard: boolean;
  readonly bornAt: number;
  readonly before: Baseline | null;
  /** Slots of the day and the day before it; null when the key made no request in either. */
  readonly usage: UsageSeries | null;
  readonly novel: readonly NovelSlotRow[];
  readonly limitPerMinute: number | null;
}

/** What the ticks of a day came to; `slots` and `dailyMaxBins` are empty for a day on which nobody was heard. */
export interface Replay {
  readonly slots: readonly number[];
  readonly requests: number;
  readonly spendMicros: number;
  readonly novelRequests: readonly number[];
  readonly ticks: readonly LearnedTick[];
  readonly dailyMaxBins: readonly number[];
}

/** A day that nobody was heard on teaches nothing: what was usual before it stays usual. */
const NOTHING_KNOWN: Replay = {
  slots: [],
  requests: 0,
  spendMicros: 0,
  novelRequests: NOVELTY_LEVELS.map(() => 0),
  ticks: [],
  dailyMaxBins: [],
};

/**
 * Goes through the 288 ticks of a closed day with the very functions of the live check, under the snapshot that its checks
 * used: what the model learns from, and the daily maximum of every statistic.
 */
export function replayDay(of: DayOfKey): Replay {
  if (!of.heard) return NOTHING_KNOWN;
  const start = dayStart(of.day);
  const slots = dense(of.usage, (series) => series.requests);
  const spend = dense(of.usage, (series) => series.spendMicros);
  const [requestSums, spendSums] = [prefixSums(slots), prefixSums(spend)];
  const novelAt = slideNovelTraffic(of.novel, start);
  const spendPerRequest = of.before?.spendPerRequest ?? 0;
  const limitPerSlot = of.limitPerMinute === null ? null : (of.limitPerMinute * SLOT_MS) / 60_000;
  const ticks: LearnedTick[] = [];
  const dailyMaxBins = Array.from({ length: STATISTIC_COUNT }, () => 0);
  for (let end = SLOTS_PER_DAY + 1; end <= 2 * SLOTS_PER_DAY; end += 1) {
    const at = start - DAY_MS + end * SLOT_MS;
    const requests = windowSums(requestSums, end);
    const spendMicros = windowSums(spendSums, end);
    if (of.before !== null) {
      const costEquivalents = spendPerRequest > 0 ? perWindow((w) => spendMicros[w]! / spendPerRequest) : null;
      ticks.push({ requests, costEquivalents, predictions: predict(of.before, at) });
    }
    if (requests[3] === 0) continue;
    const { bins } = measure({
      requests,
      spendMicros,
      novel: novelAt(end),
      expectation: of.before === null ? null : expect(of.before, at),
      churn: of.before?.churn ?? [],
      spendPerRequest,
      ageDays: (at - of.bornAt) / DAY_MS,
      floors: limitPerSlot === null ? null : windowFloors(slots, end, limitPerSlot),
      currentShare: limitPerSlot === null ? 0 : slots[end - 1]! / limitPerSlot,
    });
    for (const [i, bin] of bins.entries()) if (bin > dailyMaxBins[i]!) dailyMaxBins[i] = bin;
  }
  const atEnd = novelAt(2 * SLOTS_PER_DAY);
  return {
    slots: slots.slice(SLOTS_PER_DAY),
    requests: requestSums.at(-1)! - requestSums[SLOTS_PER_DAY]!,
    spendMicros: spendSums.at(-1)! - spendSums[SLOTS_PER_DAY]!,
    novelRequests: NOVELTY_LEVELS.map((_, g) => atEnd.requests[g]![3]),
    ticks,
    dailyMaxBins,
  };
}

function dense(series: UsageSeries | null, values: (series: UsageSeries) => readonly number[]): number[] {
  const slots = Array.from({ length: 2 * SLOTS_PER_DAY }, () => 0);
  if (series !== null) for (const [i, at] of series.at.entries()) slots[at] = values(series)[i]!;
  return slots;
}

import { highestScore } from "../../detect/judge-key.js";
import { writeBins } from "../../detect/measure.js";
import { NO_NOVEL_TRAFFIC, NOVELTY_LEVELS } from "../../model/finding/novelty.js";
import { FIRST_UNLEVELLED, STATISTIC_COUNT } from "../../model/finding/statistics.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import type { FirstDays } from "../../model/key/founding.js";
import { DayDraft } from "./day-draft.js";
import { tickAt, type OpenDay } from "./open-day.js";

/** What a day came to. */
export interface Replay {
  /** Requests of the day per novelty level. */
  readonly novelRequests: readonly number[];
  /** The statistics of all ticks, one after the other; zeros where the key did nothing for a day. */
  readonly bins: Uint8Array;
  /** The highest of each. */
  readonly highest: Uint8Array;
  /** By tick, in the first days of a key that is compared with others; null where it has none. */
  readonly firstDays: ReadonlyMap<number, FirstDays> | null;
}

/** A tick of a replayed day. */
export interface ReplayedTick {
  /** Epoch ms. */
  readonly at: number;
  readonly bins: Uint8Array;
  /** Set in the first days of a key that is compared with others. */
  readonly firstDays: FirstDays | null;
}

/**
 * Goes through the ticks of a closed day, each measured as the live check measures it.
 * @param surges log factors that the key's groups share, four a tick; null: none
 */
export function replayDay(day: OpenDay, surges: Float64Array | null): Replay {
  const draft = new DayDraft(day);
  const bins = day.columns.bins.fill(0);
  const highest = new Uint8Array(STATISTIC_COUNT);
  let firstDays: Map<number, FirstDays> | null = null;
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
    if (!draft.write(tick)) continue;
    if (surges !== null) draft.raise(surges, tick);
    const from = tick * STATISTIC_COUNT;
    writeBins(draft, bins, from);
    const isNovel = draft.novel !== NO_NOVEL_TRAFFIC;
    if (isNovel && draft.novel.firstDays !== null) (firstDays ??= new Map()).set(tick, draft.novel.firstDays);
    for (let i = isNovel ? 0 : FIRST_UNLEVELLED; i < STATISTIC_COUNT; i += 1) {
      if (bins[from + i]! > highest[i]!) highest[i] = bins[from + i]!;
    }
  }
  const { requests } = draft.novelAtEnd();
  return { novelRequests: NOVELTY_LEVELS.map((_, g) => requests[g]![3]), bins, highest, firstDays };
}

/** A tick by its number; null when the key did nothing for a day. @public for the bench, which judges all of them */
export function replayedTick({ start, isUsed }: OpenDay, replay: Replay, tick: number): ReplayedTick | null {
  if (isUsed[tick] === 0) return null;
  const from = tick * STATISTIC_COUNT;
  return {
    at: tickAt(start, tick),
    bins: replay.bins.subarray(from, from + STATISTIC_COUNT),
    firstDays: replay.firstDays?.get(tick) ?? null,
  };
}

/** Ticks that the kindest history would bring to a score of `least`, oldest first: only these need the key's own history. */
export function ticksThatMatter(day: OpenDay, replay: Replay, least: number): readonly ReplayedTick[] {
  const { isPlaced } = day.of;
  // No tick scores higher than the highest of all together; what is new in first days is judged otherwise.
  if (replay.firstDays === null && highestScore(replay.highest, isPlaced, null) < least) return [];
  const found: ReplayedTick[] = [];
  for (let i = 0; i < SLOTS_PER_DAY; i += 1) {
    const tick = replayedTick(day, replay, i);
    if (tick !== null && highestScore(tick.bins, isPlaced, tick.firstDays) >= least) found.push(tick);
  }
  return found;
}

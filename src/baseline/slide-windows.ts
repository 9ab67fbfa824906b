import type { FirstDays } from "../model/key/founding.js";
import {
  firstDaysAt,
  NOVELTY_LEVELS,
  NO_NOVEL_TRAFFIC,
  type NoveltyRowLevel,
  type NovelTraffic,
} from "../model/finding/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES, type PerWindow } from "../model/finding/window.js";

/** Slots of five minutes in each window. */
export const SLOTS_PER_WINDOW = perWindow((w) => (WINDOW_MINUTES[w]! * 60_000) / SLOT_MS);

/** Sums of the windows that end with slot `end` (exclusive) of a series that starts a day before the learned one. */
export function windowSums(prefix: Float64Array, end: number): PerWindow {
  return perWindow((w) => prefix[end]! - prefix[end - SLOTS_PER_WINDOW[w]!]!);
}

/** Writes sums of the windows before each of the 288 ticks of the second day of a series: four numbers a tick, tick by tick. */
export function slideSums(prefix: Float64Array, sums: Float64Array): Float64Array {
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
    const end = SLOTS_PER_DAY + 1 + tick;
    for (let w = 0; w < 4; w += 1) sums[4 * tick + w] = prefix[end]! - prefix[end - SLOTS_PER_WINDOW[w]!]!;
  }
  return sums;
}

/** Running totals of a slot series, so that a window's sum is one subtraction. */
export function prefixSums(
  slots: ArrayLike<number>,
  prefix: Float64Array = new Float64Array(slots.length + 1),
): Float64Array {
  for (let i = 0; i < slots.length; i += 1) prefix[i + 1] = prefix[i]! + slots[i]!;
  return prefix;
}

/** Least share of the limit over the slots of each window that ends with slot `end`. */
export function windowFloors(slots: ArrayLike<number>, end: number, limitPerSlot: number): PerWindow {
  let [least, reached] = [Infinity, 0];
  const floors: number[] = [];
  for (let i = 1; i <= SLOTS_PER_DAY; i += 1) {
    least = Math.min(least, slots[end - i]!);
    // Nothing is less.
    if (least === 0) return SLOTS_PER_WINDOW.map((_, w) => floors[w] ?? 0) as unknown as PerWindow;
    if (i === SLOTS_PER_WINDOW[reached]) {
      floors.push(least / limitPerSlot);
      reached += 1;
    }
  }
  return floors as unknown as PerWindow;
}

/** Traffic of something that is new to a key at all of `levels`, at each since its `seenAt` (epoch ms), in slots of the two-day series; a slot may come twice. */
export interface NovelSlots {
  readonly levels: readonly NoveltyRowLevel[];
  readonly seenAt: readonly number[];
  readonly at: ArrayLike<number>;
  readonly requests: ArrayLike<number>;
  readonly spendMicros: ArrayLike<number>;
  /** Of the key, where it is compared with others. */
  readonly firstDays: FirstDays | null;
}

/**
 * Novel traffic before each of a day's 288 ticks, to be asked for in order. A value stops being novel `novelForMs` after it was
 * first seen, in the middle of the day if need be, exactly as in novelBefore of the checks.
 * @param dayStart epoch ms of the day; the slots' series starts 24 h earlier
 */
export function slideNovelTraffic(
  found: readonly NovelSlots[],
  dayStart: number,
  novelForMs: number,
): (end: number) => NovelTraffic {
  if (found.length === 0) return () => NO_NOVEL_TRAFFIC;
  const seriesOf = (level: NoveltyRowLevel) => new LevelSeries(found, level);
  const series = NOVELTY_LEVELS.map(seriesOf);
  const unplaced = seriesOf("unplaced");
  return (end) => {
    const tick = dayStart - 86_400_000 + end * SLOT_MS;
    const novelFrom = tick - novelForMs;
    for (const level of series) level.age(novelFrom);
    unplaced.age(novelFrom);
    const requests = series.map((level) => level.sums("requests", end));
    const unplacedRequests = unplaced.sums("requests", end);
    // What is long over says nothing of the key's first days, nor does a check look at it.
    if (![...requests, unplacedRequests].some((sums) => sums[3] > 0)) return NO_NOVEL_TRAFFIC;
    return {
      requests,
      spendMicros: series.map((level) => level.sums("spendMicros", end)),
      slots: series.map((level) => level.sums("slots", end)),
      unplacedRequests,
      firstDays: firstDaysAt(found[0]!.firstDays, tick),
    };
  };
}

const NOTHING = perWindow(() => 0);

/** What is still novel at one level. */
class LevelSeries {
  /** The first seen last. */
  readonly #fresh: { readonly seenAt: number; readonly slots: NovelSlots }[] = [];
  readonly #requests = new Float64Array(2 * SLOTS_PER_DAY);
  readonly #spendMicros = new Float64Array(2 * SLOTS_PER_DAY);
  #totals: Readonly<Record<"requests" | "spendMicros" | "slots", Float64Array>> | null = null;

  constructor(found: readonly NovelSlots[], level: NoveltyRowLevel) {
    for (const slots of found) {
      const i = slots.levels.indexOf(level);
      if (i < 0) continue;
      this.#add(slots, 1);
      this.#fresh.push({ seenAt: slots.seenAt[i]!, slots });
    }
    this.#fresh.sort((a, b) => b.seenAt - a.seenAt);
  }

  /** Drops what was first seen before an instant (epoch ms). */
  age(novelFrom: number): void {
    for (let oldest = this.#fresh.at(-1); oldest !== undefined && oldest.seenAt < novelFrom;) {
      this.#add(oldest.slots, -1);
      this.#fresh.pop();
      this.#totals = null;
      oldest = this.#fresh.at(-1);
    }
  }

  sums(of: "requests" | "spendMicros" | "slots", end: number): PerWindow {
    if (this.#fresh.length === 0) return NOTHING;
    this.#totals ??= {
      requests: prefixSums(this.#requests),
      spendMicros: prefixSums(this.#spendMicros),
      slots: prefixSums(this.#requests.map((n) => (n > 0 ? 1 : 0))),
    };
    return windowSums(this.#totals[of], end);
  }

  #add({ at, requests, spendMicros }: NovelSlots, sign: 1 | -1): void {
    for (let i = 0; i < at.length; i += 1) {
      this.#requests[at[i]!]! += sign * requests[i]!;
      this.#spendMicros[at[i]!]! += sign * spendMicros[i]!;
    }
  }
}

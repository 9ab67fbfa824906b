import { newForecast, setForecast, type Forecast } from "../../baseline/forecast-columns.js";
import { slideRefusals } from "../../baseline/slide-refusals.js";
import { slideNovelTraffic, SLOTS_PER_WINDOW, windowFloors } from "../../baseline/slide-windows.js";
import { withMovedOn } from "../../detect/familiar.js";
import { LEAST_CURRENT_SHARE, type KeyTick } from "../../detect/measure.js";
import { noveltyMs } from "../../model/finding/baseline.js";
import { NO_NOVEL_TRAFFIC, type NovelTraffic } from "../../model/finding/novelty.js";
import { NO_REFUSALS, type Refusals } from "../../model/finding/refusals.js";
import { SLOT_MS, SLOTS_PER_DAY, type PerWindow } from "../../model/finding/window.js";
import { DAY_MS } from "../../time/day.js";
import { tickAt, type OpenDay } from "./open-day.js";

type Four = [number, number, number, number];

const STEPS = { count: 2 * SLOTS_PER_DAY, inWindow: SLOTS_PER_WINDOW };

/**
 * The figures of a key at the ticks of a closed day, each written over the one before: hundreds are looked at, none is kept. Ticks come in
 * order, since things cease to be new.
 */
export class DayDraft implements KeyTick {
  readonly requests: Four = [0, 0, 0, 0];
  readonly spendMicros: Four = [0, 0, 0, 0];
  novel: NovelTraffic = NO_NOVEL_TRAFFIC;
  expectation: Forecast | null = null;
  readonly churn: readonly number[];
  readonly spendPerRequest: number;
  ageDays = 0;
  readonly isPlaced: boolean;
  floors: PerWindow | null = null;
  currentShare = 0;
  refusals: Refusals = NO_REFUSALS;
  readonly #day: OpenDay;
  readonly #noise: readonly number[];
  readonly #ahead = newForecast();
  readonly #novelAt: (end: number) => NovelTraffic;
  readonly #refusalsAt: (end: number) => Refusals;
  readonly #limitPerSlot: number | null;

  constructor(day: OpenDay) {
    const { before, limitPerMinute, novel, refused, isPlaced } = day.of;
    this.#day = day;
    this.#noise = before?.noise ?? [];
    this.#novelAt = slideNovelTraffic(novel, day.start, noveltyMs(before));
    this.#refusalsAt = slideRefusals(refused, STEPS);
    this.#limitPerSlot = limitPerMinute === null ? null : (limitPerMinute * SLOT_MS) / 60_000;
    this.churn = before?.churn ?? [];
    this.spendPerRequest = before?.spendPerRequest ?? 0;
    this.isPlaced = isPlaced;
  }

  /** Writes those of a tick; false when the key did nothing for a day. */
  write(tick: number): boolean {
    const { of, start, slots, isUsed, requestsWithin, spendWithin, expected, movedOn } = this.#day;
    if (isUsed[tick] === 0) return false;
    const [from, end] = [4 * tick, SLOTS_PER_DAY + 1 + tick];
    const isKnown = expected !== null && !Number.isNaN(expected[from]!);
    this.expectation = isKnown ? this.#ahead : null;
    for (let w = 0; w < 4; w += 1) {
      this.requests[w] = requestsWithin[from + w]!;
      this.spendMicros[w] = spendWithin[from + w]!;
      if (isKnown) setForecast(this.#ahead, w, expected[from + w]!, this.#noise);
    }
    this.novel = this.#novelAt(end);
    if (movedOn !== null) Object.assign(this.requests, withMovedOn(this, four(movedOn, from)));
    this.ageDays = (tickAt(start, tick) - of.bornAt) / DAY_MS;
    if (this.#limitPerSlot !== null) this.#writeFloors(slots, end, this.#limitPerSlot);
    this.refusals = this.#refusalsAt(end);
    return true;
  }

  /** Takes for expected what the groups of the key share at the written tick (log factors, four a tick). */
  raise(surges: Float64Array, tick: number): void {
    const ahead = this.expectation;
    const surge = four(surges, 4 * tick);
    if (ahead === null || (surge[0] === 0 && surge[1] === 0 && surge[2] === 0 && surge[3] === 0)) return;
    for (let w = 0; w < 4; w += 1) setForecast(ahead, w, ahead.requests[w]! * Math.exp(surge[w]!), this.#noise);
  }

  /** What is new to the key at the end of the day, once all ticks were written. */
  novelAtEnd(): NovelTraffic {
    return this.#novelAt(2 * SLOTS_PER_DAY);
  }

  #writeFloors(slots: Float64Array, end: number, limitPerSlot: number): void {
    this.currentShare = slots[end - 1]! / limitPerSlot;
    // Below that they cannot matter.
    this.floors = this.currentShare < LEAST_CURRENT_SHARE ? null : windowFloors(slots, end, limitPerSlot);
  }
}

const four = (numbers: Float64Array, from: number): Four => [
  numbers[from]!,
  numbers[from + 1]!,
  numbers[from + 2]!,
  numbers[from + 3]!,
];

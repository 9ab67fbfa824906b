import { combineDay, predictDay, type DayPredictions } from "../../baseline/predict-day.js";
import type { RefusedRoute } from "../../baseline/slide-refusals.js";
import { prefixSums, slideNovelTraffic, slideSums, windowSums, type NovelSlots } from "../../baseline/slide-windows.js";
import { familiarRequests, familiarSpend } from "../../detect/familiar.js";
import { noveltyMs, type Baseline } from "../../model/finding/baseline.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../model/finding/window.js";
import type { Subject } from "../../model/subject.js";
import type { UsageSlots } from "../../store/check/usage-slots.js";
import { dayStart } from "../../time/day.js";
import { newDayColumns, type DayColumns } from "./day-columns.js";

/** What a key that the judged one succeeds, or that succeeds it, did on the same day: callers move from one to the other. */
export interface Relative {
  readonly before: Baseline | null;
  readonly usage: Omit<UsageSlots, keyof Subject> | null;
  readonly novel: readonly NovelSlots[];
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
  readonly usage: Omit<UsageSlots, keyof Subject> | null;
  readonly novel: readonly NovelSlots[];
  /** What was refused on routes that had never served the key, in slots of the day and the day before it. */
  readonly refused: readonly RefusedRoute[];
  readonly limitPerMinute: number | null;
  /** Whether any request of it, or of a key that it succeeds, had an address before the end of the day. */
  readonly isPlaced: boolean;
  /** Share of each slot of both days that is known (heardShares); null when all of it is. */
  readonly shares: Float64Array | null;
}

/**
 * A key's closed day in columns, as the live check sees it at each of the 288 ticks: of what windows hold four numbers a tick, tick by tick. Novelty, floors and
 * expectation have a form for slots here and one for minutes there: test/unit/live-and-learning.test.ts holds them together.
 */
export interface OpenDay {
  readonly of: DayOfKey;
  /** What it is laid out in. */
  readonly columns: DayColumns;
  /** Epoch ms. */
  readonly start: number;
  /** Requests of the slots of the day before and of the day. */
  readonly slots: Float64Array;
  /** Requests and spend of the day. */
  readonly requests: number;
  readonly spendMicros: number;
  /** By tick: 1 where the key itself did anything for a day. */
  readonly isUsed: Uint8Array;
  /** Requests and spend in windows, with what the keys that it succeeds use from networks that they know. */
  readonly requestsWithin: Float64Array;
  readonly spendWithin: Float64Array;
  /** Requests in windows of the keys that succeed it, from networks that these know; null where none does. */
  readonly movedOn: Float64Array | null;
  /** Null before the key's second day. */
  readonly predictions: DayPredictions | null;
  /** Requests expected in windows, NaN where nothing is known; null where nothing ever is. */
  readonly expected: Float64Array | null;
}

/** Epoch ms of a tick of a day that begins at `start`: it looks back from the end of its slot. */
export const tickAt = (start: number, tick: number) => start + (tick + 1) * SLOT_MS;

/** Lays out a key's closed day, over the one that stands in `columns`. */
export function openDay(of: DayOfKey, columns: DayColumns = newDayColumns()): OpenDay {
  const start = dayStart(of.day);
  const { slots, isUsed, requestsWithin, spendWithin } = columns;
  const spendSums = prefixSums(dense(of.usage, "spendMicros", slots), columns.spendSums);
  const requestSums = prefixSums(dense(of.usage, "requests", slots), columns.requestSums);
  slideSums(requestSums, requestsWithin);
  slideSums(spendSums, spendWithin);
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) isUsed[tick] = requestsWithin[4 * tick + 3] === 0 ? 0 : 1;
  for (const elder of of.elders) addFamiliar({ requestsWithin, spendWithin }, elder, start);
  const movedOn = of.heirs.length === 0 ? null : columns.movedOn.fill(0);
  if (movedOn !== null) for (const heir of of.heirs) addFamiliar({ requestsWithin: movedOn }, heir, start);
  const predictions = of.before === null ? null : predictDay(of.before, start, of.shares, columns);
  return {
    of,
    columns,
    start,
    slots,
    requests: requestSums.at(-1)! - requestSums[SLOTS_PER_DAY]!,
    spendMicros: spendSums.at(-1)! - spendSums[SLOTS_PER_DAY]!,
    isUsed,
    requestsWithin,
    spendWithin,
    movedOn,
    predictions,
    expected: predictions === null ? null : combineDay(of.before!, predictions, columns),
  };
}

/** Adds what a relative uses from networks that it knows. */
function addFamiliar(
  to: { readonly requestsWithin: Float64Array; readonly spendWithin?: Float64Array },
  { before, usage, novel }: Relative,
  start: number,
): void {
  const [requestSums, spendSums] = [prefixSums(dense(usage, "requests")), prefixSums(dense(usage, "spendMicros"))];
  const novelAt = slideNovelTraffic(novel, start, noveltyMs(before));
  for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
    const end = SLOTS_PER_DAY + 1 + tick;
    const own = {
      requests: windowSums(requestSums, end),
      spendMicros: windowSums(spendSums, end),
      novel: novelAt(end),
    };
    const requests = familiarRequests(own);
    for (let w = 0; w < 4; w += 1) to.requestsWithin[4 * tick + w]! += requests[w]!;
    if (to.spendWithin === undefined) continue;
    const spend = familiarSpend(own);
    for (let w = 0; w < 4; w += 1) to.spendWithin[4 * tick + w]! += spend[w]!;
  }
}

function dense(
  usage: DayOfKey["usage"],
  of: "requests" | "spendMicros",
  slots: Float64Array = new Float64Array(2 * SLOTS_PER_DAY),
): Float64Array {
  slots.fill(0);
  if (usage === null) return slots;
  const { at, [of]: values } = usage;
  for (let i = 0; i < at.length; i += 1) slots[at[i]!] = values[i]!;
  return slots;
}

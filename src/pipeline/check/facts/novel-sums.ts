import type { FirstDays } from "../../../model/key/founding.js";
import { NOVELTY_LEVELS, type NovelTraffic } from "../../../model/finding/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES, type PerWindow } from "../../../model/finding/window.js";
import { MINUTE_MS } from "../../../time/day.js";
import { PIECE_MINUTES, ROW_LEVELS, type NovelRun, type RunValue } from "./novel-piece.js";
import type { NovelStretch, StretchRun } from "./novel-stretch.js";

const W = WINDOW_MINUTES.length;
const UNPLACED = NOVELTY_LEVELS.length;
const SLOT_MINUTES = SLOT_MS / MINUTE_MS;
const SLOT_BITS = (1 << SLOT_MINUTES) - 1;
const NOTHING: PerWindow = [0, 0, 0, 0];
const SLOTS_PER_WINDOW = perWindow((w) => WINDOW_MINUTES[w]! / SLOT_MINUTES);

/** Novel traffic before a tick, and when (epoch ms) the first of its minutes in the longest window began. */
export interface NovelBefore {
  readonly traffic: NovelTraffic;
  readonly firstAt: number;
}

/** Sums of one name, written over for the next: of levels by windows, and of each level the slots in which there was something. */
export interface NovelSums {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  readonly slots: readonly Uint8Array[];
  readonly isUsed: Uint8Array;
  /** Of one run, the same at all its levels. */
  readonly run: { readonly requests: Float64Array; readonly spendMicros: Float64Array; readonly slots: Uint16Array };
}

/** Sums to be written over. */
export function newSums(): NovelSums {
  const perLevel = () => new Float64Array(ROW_LEVELS.length * W);
  return {
    requests: perLevel(),
    spendMicros: perLevel(),
    slots: ROW_LEVELS.map(() => new Uint8Array(SLOTS_PER_DAY)),
    isUsed: new Uint8Array(ROW_LEVELS.length),
    run: { requests: new Float64Array(W), spendMicros: new Float64Array(W), slots: new Uint16Array(SLOTS_PER_DAY) },
  };
}

/** Begins with nothing. */
export function clearSums({ requests, spendMicros, isUsed }: NovelSums): void {
  requests.fill(0);
  spendMicros.fill(0);
  isUsed.fill(0);
}

/** Whether anything of a run is new at a tick to which what was first used at `newFrom` or later is. */
export function isNew({ of: { seenAt } }: Pick<NovelRun, "of">, newFrom: number): boolean {
  for (let i = 0; i < seenAt.length; i += 1) if (seenAt[i]! >= newFrom) return true;
  return false;
}

/** Adds a run at the levels at which it is new; gives how many minutes before the tick its first minute in the longest window began, or 0. */
export function addRun(sums: NovelSums, run: NovelRun, minutesBefore: number, newFrom: number): number {
  const { oldest, slotCount } = sumRun(sums.run, run, minutesBefore);
  if (oldest > 0) addSummed(sums, run.of, newFrom, slotCount);
  return oldest;
}

/** The same of quarters of an hour that lie in their windows as a whole. */
export function addStretch(
  sums: NovelSums,
  { window }: NovelStretch,
  run: StretchRun,
  minutesBefore: number,
  newFrom: number,
): number {
  for (let w = 0; w < W; w += 1) {
    sums.run.requests[w] = w < window ? 0 : run.requests;
    sums.run.spendMicros[w] = w < window ? 0 : run.spendMicros;
  }
  let slotCount = 0;
  for (let q = 0; q < run.minuteBits.length; q += 1) {
    if (run.minuteBits[q] !== 0)
      slotCount = noteSlots(sums.run.slots, slotCount, run.minuteBits[q]!, minutesBefore - q * PIECE_MINUTES);
  }
  addSummed(sums, run.of, newFrom, slotCount);
  return minutesBefore - run.firstMinute;
}

function addSummed(sums: NovelSums, { levelIndexes, seenAt }: RunValue, newFrom: number, slotCount: number): void {
  const { requests, spendMicros } = sums;
  for (let i = 0; i < levelIndexes.length; i += 1) {
    if (seenAt[i]! < newFrom) continue;
    const level = levelIndexes[i]!;
    for (let w = 0; w < W; w += 1) {
      requests[level * W + w]! += sums.run.requests[w]!;
      spendMicros[level * W + w]! += sums.run.spendMicros[w]!;
    }
    const own = sums.slots[level]!;
    if (sums.isUsed[level] === 0) own.fill(0);
    sums.isUsed[level] = 1;
    for (let s = 0; s < slotCount; s += 1) own[sums.run.slots[s]!] = 1;
  }
}

/** Sums up a run's minutes before a tick, by window, and notes the slots that they are in: all at once where no window begins among them. */
function sumRun(into: NovelSums["run"], run: NovelRun, minutesBefore: number) {
  const latest = minutesBefore - PIECE_MINUTES + 1;
  const isCut = latest <= 0 || WINDOW_MINUTES.some((minutes) => minutes >= latest && minutes < minutesBefore);
  if (isCut) return sumMinutes(into, run, minutesBefore);
  for (let w = 0; w < W; w += 1) {
    const isWithin = minutesBefore <= WINDOW_MINUTES[w]!;
    into.requests[w] = isWithin ? run.requests : 0;
    into.spendMicros[w] = isWithin ? run.spendMicros : 0;
  }
  if (minutesBefore > WINDOW_MINUTES[W - 1]!) return { oldest: 0, slotCount: 0 };
  const slotCount = noteSlots(into.slots, 0, run.minuteBits, minutesBefore);
  return { oldest: minutesBefore - run.piece.minutes[run.first]!, slotCount };
}

/** Notes the slots, counted back from the tick, in which there are minutes of a quarter that began so long before it. */
function noteSlots(into: Uint16Array, count: number, minuteBits: number, minutesBefore: number): number {
  let noted = count;
  const lastSlot = Math.floor((minutesBefore - 1) / SLOT_MINUTES);
  for (let slot = Math.floor((minutesBefore - PIECE_MINUTES) / SLOT_MINUTES); slot <= lastSlot; slot += 1) {
    // The slot's first minute, counted from the quarter's.
    const from = minutesBefore - (slot + 1) * SLOT_MINUTES;
    const bits = from < 0 ? SLOT_BITS >> -from : SLOT_BITS << from;
    if ((minuteBits & bits) !== 0) into[noted++] = slot;
  }
  return noted;
}

/** The same, minute by minute. */
function sumMinutes(
  { requests, spendMicros, slots }: NovelSums["run"],
  { piece, first, end }: NovelRun,
  minutesBefore: number,
) {
  requests.fill(0);
  spendMicros.fill(0);
  let [oldest, slotCount] = [0, 0];
  for (let m = first; m < end; m += 1) {
    const before = minutesBefore - piece.minutes[m]!;
    if (before <= 0 || before > WINDOW_MINUTES[3]) continue;
    if (before > oldest) oldest = before;
    for (let w = W - 1; w >= 0 && before <= WINDOW_MINUTES[w]!; w -= 1) {
      requests[w]! += piece.requests[m]!;
      spendMicros[w]! += piece.spendMicros[m]!;
    }
    // Slots are counted back from the tick, so that a quarter of an hour always has three of them.
    const slot = Math.floor((before - 1) / SLOT_MINUTES);
    if (slotCount === 0 || slots[slotCount - 1] !== slot) slots[slotCount++] = slot;
  }
  return { oldest, slotCount };
}

/** What was added up, as traffic of a key whose first days these are at the tick (epoch ms). */
export function toTraffic(
  { requests, spendMicros, slots, isUsed }: NovelSums,
  firstDays: FirstDays | null,
): NovelTraffic {
  const ofLevels = (make: (level: number) => PerWindow) =>
    NOVELTY_LEVELS.map((_, level) => (isUsed[level] === 0 ? NOTHING : make(level)));
  return {
    requests: ofLevels((level) => windowsOf(requests, level)),
    spendMicros: ofLevels((level) => windowsOf(spendMicros, level)),
    slots: ofLevels((level) => slotsWithin(slots[level]!)),
    unplacedRequests: windowsOf(requests, UNPLACED),
    firstDays,
  };
}

function windowsOf(sums: Float64Array, level: number): PerWindow {
  const at = level * W;
  return [sums[at]!, sums[at + 1]!, sums[at + 2]!, sums[at + 3]!];
}

function slotsWithin(marks: Uint8Array): PerWindow {
  const within: [number, number, number, number] = [0, 0, 0, 0];
  let count = 0;
  for (let i = 0, w = 0; w < W; i += 1) {
    if (i === SLOTS_PER_WINDOW[w]) {
      within[w] = count;
      w += 1;
    }
    count += marks[i] ?? 0;
  }
  return within;
}

import type { FirstDays } from "../../../model/key/founding.js";
import { firstDaysAt, NOVELTY_LEVELS, type NovelTraffic } from "../../../model/finding/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES, type PerWindow } from "../../../model/finding/window.js";
import { NOVEL_DAYS } from "../../../model/finding/baseline.js";
import type { NoveltyContext } from "../../../store/check/novelty-fact.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import { PIECE_MINUTES, ROW_LEVELS, type NovelPiece, type NovelRun } from "./novel-piece.js";

const W = WINDOW_MINUTES.length;
const UNPLACED = NOVELTY_LEVELS.length;
const SLOT_MINUTES = SLOT_MS / MINUTE_MS;
const SLOT_BITS = (1 << SLOT_MINUTES) - 1;
const SLOTS_PER_WINDOW = perWindow((w) => WINDOW_MINUTES[w]! / SLOT_MINUTES);

/** Novel traffic before a tick, and when (epoch ms) the first of its minutes in the longest window began. */
export interface NovelBefore {
  readonly traffic: NovelTraffic;
  readonly firstAt: number;
}

/** A run with the piece that its minutes are in. */
export interface PlacedRun {
  readonly piece: NovelPiece;
  readonly run: NovelRun;
}

/** How long (ms) what a key has first used stays new to it: a week, and as many days more as aged nothing. */
export function novelMsOf({ keys, days }: NoveltyContext["held"]): (keyId: string) => number {
  const held = new Map(keys.map((keyId, i) => [keyId, days[i]!]));
  return (keyId) => (NOVEL_DAYS + (held.get(keyId) ?? 0)) * DAY_MS;
}

/** Runs of all pieces by key and observer or by another name of theirs; those without a name are left out. */
export function groupRuns(
  pieces: readonly NovelPiece[],
  nameOf: (run: NovelRun) => string | null = ({ name }) => name,
): Map<string, PlacedRun[]> {
  const groups = new Map<string, PlacedRun[]>();
  for (const piece of pieces) {
    for (const run of piece.runs) {
      const name = nameOf(run);
      if (name === null) continue;
      const own = groups.get(name);
      if (own === undefined) groups.set(name, [{ piece, run }]);
      else own.push({ piece, run });
    }
  }
  return groups;
}

/** Novel traffic before a tick (epoch ms) by the names of runs; `novelMs` is how long (ms) what a key has first used stays new to it. */
export function novelBefore(
  groups: ReadonlyMap<string, readonly PlacedRun[]>,
  tick: number,
  novelMs: (keyId: string) => number,
): Map<string, NovelBefore> {
  const found = new Map<string, NovelBefore>();
  const sums = newSums();
  for (const [name, runs] of groups) {
    const before = sumRuns(sums, runs, tick, tick - novelMs(runs[0]!.run.keyId));
    if (before !== null) found.set(name, before);
  }
  return found;
}

/** Sums of one name, written over for the next: of levels by windows, and of each level the slots in which there was something. */
interface Sums {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  readonly slots: readonly Uint8Array[];
  readonly isUsed: Uint8Array;
  /** Of one run, the same at all its levels. */
  readonly run: { readonly requests: Float64Array; readonly spendMicros: Float64Array; readonly slots: Uint16Array };
}

function newSums(): Sums {
  const perLevel = () => new Float64Array(ROW_LEVELS.length * W);
  return {
    requests: perLevel(),
    spendMicros: perLevel(),
    slots: ROW_LEVELS.map(() => new Uint8Array(SLOTS_PER_DAY)),
    isUsed: new Uint8Array(ROW_LEVELS.length),
    run: { requests: new Float64Array(W), spendMicros: new Float64Array(W), slots: new Uint16Array(PIECE_MINUTES) },
  };
}

function sumRuns(sums: Sums, runs: readonly PlacedRun[], tick: number, newFrom: number): NovelBefore | null {
  sums.requests.fill(0);
  sums.spendMicros.fill(0);
  sums.isUsed.fill(0);
  let oldest = 0;
  for (const { piece, run } of runs) {
    const minutesBefore = (tick - piece.from) / MINUTE_MS;
    if (minutesBefore <= 0 || minutesBefore - PIECE_MINUTES >= WINDOW_MINUTES[3]) continue;
    if (isNew(run, newFrom)) oldest = Math.max(oldest, addRun(sums, piece, run, minutesBefore, newFrom));
  }
  const firstDays = firstDaysAt(runs[0]!.run.firstDays, tick);
  return oldest === 0 ? null : { traffic: toTraffic(sums, firstDays), firstAt: tick - oldest * MINUTE_MS };
}

function isNew({ seenAt }: NovelRun, newFrom: number): boolean {
  for (let i = 0; i < seenAt.length; i += 1) if (seenAt[i]! >= newFrom) return true;
  return false;
}

/** Adds a run at the levels at which it is new; gives how many minutes before the tick its first minute in the longest window began, or 0. */
function addRun(sums: Sums, piece: NovelPiece, run: NovelRun, minutesBefore: number, newFrom: number): number {
  const { oldest, slotCount } = sumRun(sums.run, piece, run, minutesBefore);
  if (oldest === 0) return 0;
  const { requests, spendMicros } = sums;
  for (let i = 0; i < run.levelIndexes.length; i += 1) {
    if (run.seenAt[i]! < newFrom) continue;
    const level = run.levelIndexes[i]!;
    for (let w = 0; w < W; w += 1) {
      requests[level * W + w]! += sums.run.requests[w]!;
      spendMicros[level * W + w]! += sums.run.spendMicros[w]!;
    }
    const own = sums.slots[level]!;
    if (sums.isUsed[level] === 0) own.fill(0);
    sums.isUsed[level] = 1;
    for (let s = 0; s < slotCount; s += 1) own[sums.run.slots[s]!] = 1;
  }
  return oldest;
}

/** Sums up a run's minutes before a tick, by window, and notes the slots that they are in: all at once where no window begins among them. */
function sumRun(into: Sums["run"], piece: NovelPiece, run: NovelRun, minutesBefore: number) {
  const latest = minutesBefore - PIECE_MINUTES + 1;
  const isCut = latest <= 0 || WINDOW_MINUTES.some((minutes) => minutes >= latest && minutes < minutesBefore);
  if (isCut) return sumMinutes(into, piece, run, minutesBefore);
  for (let w = 0; w < W; w += 1) {
    const isWithin = minutesBefore <= WINDOW_MINUTES[w]!;
    into.requests[w] = isWithin ? run.requests : 0;
    into.spendMicros[w] = isWithin ? run.spendMicros : 0;
  }
  if (minutesBefore > WINDOW_MINUTES[W - 1]!) return { oldest: 0, slotCount: 0 };
  let slotCount = 0;
  const lastSlot = Math.floor((minutesBefore - 1) / SLOT_MINUTES);
  for (let slot = Math.floor((latest - 1) / SLOT_MINUTES); slot <= lastSlot; slot += 1) {
    // The slot's first minute, counted from the piece's.
    const from = minutesBefore - (slot + 1) * SLOT_MINUTES;
    const bits = from < 0 ? SLOT_BITS >> -from : SLOT_BITS << from;
    if ((run.minuteBits & bits) !== 0) into.slots[slotCount++] = slot;
  }
  return { oldest: minutesBefore - piece.minutes[run.first]!, slotCount };
}

/** The same, minute by minute. */
function sumMinutes(
  { requests, spendMicros, slots }: Sums["run"],
  piece: NovelPiece,
  run: NovelRun,
  minutesBefore: number,
) {
  requests.fill(0);
  spendMicros.fill(0);
  let [oldest, slotCount] = [0, 0];
  for (let m = run.first; m < run.end; m += 1) {
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

function toTraffic({ requests, spendMicros, slots, isUsed }: Sums, firstDays: FirstDays | null): NovelTraffic {
  return {
    requests: NOVELTY_LEVELS.map((_, level) => windowsOf(requests, level)),
    spendMicros: NOVELTY_LEVELS.map((_, level) => windowsOf(spendMicros, level)),
    slots: NOVELTY_LEVELS.map((_, level) => (isUsed[level] === 0 ? [0, 0, 0, 0] : slotsWithin(slots[level]!))),
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

import { NOVELTY_LEVELS, type NoveltyRowLevel, type NovelTraffic } from "../../model/novelty.js";
import { perWindow, SLOT_MS, SLOTS_PER_DAY, WINDOW_MINUTES, type PerWindow } from "../../model/window.js";
import { MINUTE_MS } from "../../time/day.js";
import { PIECE_MINUTES, type NovelPiece, type NovelRun } from "./novel-piece.js";

const ROW_LEVELS: readonly NoveltyRowLevel[] = [...NOVELTY_LEVELS, "unplaced"];
const LEVEL_INDEX = new Map(ROW_LEVELS.map((level, i) => [level, i]));
const UNPLACED = NOVELTY_LEVELS.length;
const W = WINDOW_MINUTES.length;
const SLOT_MINUTES = SLOT_MS / MINUTE_MS;
const SLOTS_PER_WINDOW = perWindow((w) => WINDOW_MINUTES[w]! / SLOT_MINUTES);

/** Novel traffic before a tick, and when (epoch ms) the first of its minutes in the longest window began. */
export interface NovelBefore {
  readonly traffic: NovelTraffic;
  readonly firstAt: number;
}

/**
 * Novel traffic before a tick (epoch ms), by key and observer or by another name of runs; those without a name are left out.
 * @param novelMs how long (ms) what a key has first used stays new to it
 */
export function novelBefore(
  pieces: readonly NovelPiece[],
  tick: number,
  novelMs: (keyId: string) => number,
  nameOf: (run: NovelRun) => string | null = ({ name }) => name,
): Map<string, NovelBefore> {
  const sums = new Map<string, LevelSums>();
  for (const piece of pieces) {
    const minutesBefore = (tick - piece.from) / MINUTE_MS;
    if (minutesBefore <= 0 || minutesBefore - PIECE_MINUTES >= WINDOW_MINUTES[3]) continue;
    for (const run of piece.runs) {
      const name = nameOf(run);
      if (name !== null) addRun(sums, name, piece, run, minutesBefore, tick - novelMs(run.keyId));
    }
  }
  return new Map(
    [...sums].map(([name, of]) => [name, { traffic: toTraffic(of), firstAt: tick - of.minutesBefore * MINUTE_MS }]),
  );
}

/** Sums of one key: per level and window, and the slots of the longest window in which there was something. */
interface LevelSums {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  readonly slots: (Uint8Array | null)[];
  /** Minutes between the first of its minutes and the tick. */
  minutesBefore: number;
}

const [runRequests, runSpend] = [new Float64Array(W), new Float64Array(W)];
let runMinutesBefore = 0;

function addRun(
  sums: Map<string, LevelSums>,
  name: string,
  piece: NovelPiece,
  run: NovelRun,
  minutesBefore: number,
  newFrom: number,
): void {
  if (!run.seenAt.some((at) => at >= newFrom) || !sumWindows(piece, run, minutesBefore)) return;
  let of = sums.get(name);
  if (of === undefined) {
    of = {
      requests: new Float64Array(ROW_LEVELS.length * W),
      spendMicros: new Float64Array(ROW_LEVELS.length * W),
      slots: ROW_LEVELS.map(() => null),
      minutesBefore: 0,
    };
    sums.set(name, of);
  }
  of.minutesBefore = Math.max(of.minutesBefore, runMinutesBefore);
  for (let i = 0; i < run.levels.length; i += 1) {
    if (run.seenAt[i]! < newFrom) continue;
    const level = LEVEL_INDEX.get(run.levels[i]!)!;
    for (let w = 0; w < W; w += 1) {
      of.requests[level * W + w]! += runRequests[w]!;
      of.spendMicros[level * W + w]! += runSpend[w]!;
    }
    const slots = (of.slots[level] ??= new Uint8Array(SLOTS_PER_DAY));
    for (let m = run.first; m < run.end; m += 1) {
      const before = minutesBefore - piece.minutes[m]!;
      // Slots are counted back from the tick, so that a quarter of an hour always has three of them.
      if (before > 0 && before <= WINDOW_MINUTES[3]) slots[Math.floor((before - 1) / SLOT_MINUTES)] = 1;
    }
  }
}

/** Adds up the minutes of a run in each window; false when there are none. */
function sumWindows(piece: NovelPiece, run: NovelRun, minutesBefore: number): boolean {
  runRequests.fill(0);
  runSpend.fill(0);
  runMinutesBefore = 0;
  for (let m = run.first; m < run.end; m += 1) {
    const before = minutesBefore - piece.minutes[m]!;
    if (before <= 0 || before > WINDOW_MINUTES[3]) continue;
    runMinutesBefore = Math.max(runMinutesBefore, before);
    for (let w = W - 1; w >= 0 && before <= WINDOW_MINUTES[w]!; w -= 1) {
      runRequests[w]! += piece.requests[m]!;
      runSpend[w]! += piece.spendMicros[m]!;
    }
  }
  return runMinutesBefore > 0;
}

function toTraffic({ requests, spendMicros, slots }: LevelSums): NovelTraffic {
  const at = (sums: Float64Array, level: number): PerWindow => perWindow((w) => sums[level * W + w]!);
  return {
    requests: NOVELTY_LEVELS.map((_, level) => at(requests, level)),
    spendMicros: NOVELTY_LEVELS.map((_, level) => at(spendMicros, level)),
    slots: NOVELTY_LEVELS.map((_, level) => slotsWithin(slots[level] ?? null)),
    unplacedRequests: at(requests, UNPLACED),
  };
}

function slotsWithin(slots: Uint8Array | null): PerWindow {
  if (slots === null) return [0, 0, 0, 0];
  let count = 0;
  const within: number[] = [];
  for (let i = 0, w = 0; w < W; i += 1) {
    if (i === SLOTS_PER_WINDOW[w]) {
      within.push(count);
      w += 1;
    }
    count += slots[i] ?? 0;
  }
  return within as unknown as PerWindow;
}

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { FirstDays } from "../../../model/key/founding.js";
import { firstDaysAt, NOVELTY_LEVELS, type NovelTraffic } from "../../../model/finding/novelty.js";
import { perWindow, SLOT_MS, WINDOW_MINUTES, type PerWindow } from "../../../model/finding/window.js";
import { ROW_LEVELS, type NovelRun } from "./novel-piece.js";
import type { NovelBefore } from "./novel-sums.js";
import { novelBefore } from "./novel-windows.js";

/** From this many ticks on, running totals of a day cost less than adding up the windows of each tick. */
const LEAST_TICKS = 4;
const MINUTES = (DAY_MS + HOUR_MS) / MINUTE_MS;
const SLOT_MINUTES = SLOT_MS / MINUTE_MS;
const UNPLACED = NOVELTY_LEVELS.length;
const NOTHING = perWindow(() => 0);

/**
 * Novel traffic before each of the ticks of a span in (hour, hour + 1 h] (epoch ms), by the names of runs: what novelBefore gives, from
 * running totals where there are many ticks.
 * @param novelMs how long (ms) what a key has first used stays new to it
 */
export function novelAtTicks(
  groups: ReadonlyMap<string, NovelRun[]>,
  hour: number,
  ticks: readonly number[],
  novelMs: (keyId: string) => number,
): readonly ReadonlyMap<string, NovelBefore>[] {
  const found = ticks.map(() => new Map<string, NovelBefore>());
  const oneByOne = new Map<string, NovelRun[]>();
  const totals = newTotals();
  for (const [name, runs] of groups) {
    const newMs = novelMs(runs[0]!.of.keyId);
    if (ticks.length < LEAST_TICKS || agesWithin(runs, ticks, newMs)) {
      oneByOne.set(name, runs);
      continue;
    }
    addUp(totals, runs, hour - DAY_MS, ticks[0]! - newMs);
    for (const [t, tick] of ticks.entries()) {
      const before = beforeTick(totals, hour - DAY_MS, tick, runs[0]!.of.firstDays);
      if (before !== null) found[t]!.set(name, before);
    }
  }
  for (const [t, tick] of ticks.entries()) {
    for (const [name, before] of novelBefore(oneByOne, tick, novelMs)) found[t]!.set(name, before);
  }
  return found;
}

/** Whether something ceases to be new between the first and the last tick: it has to be left out of the later ones. */
function agesWithin(runs: readonly NovelRun[], ticks: readonly number[], newMs: number): boolean {
  const [first, last] = [ticks[0]! - newMs, ticks.at(-1)! - newMs];
  return runs.some(({ of }) => of.seenAt.some((at) => at >= first && at < last));
}

/** One level's minutes of a day and an hour, as running totals: of requests, of spend, and of minutes with any. */
interface LevelTotals {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  readonly minutes: Uint16Array;
  isUsed: boolean;
}

/** Totals of one name, written over for the next; index i holds what lies before minute i. */
interface Totals {
  readonly levels: readonly LevelTotals[];
  /** The first minute from each on that has any novel traffic; MINUTES when there is none. */
  readonly nextMinute: Uint16Array;
}

function newTotals(): Totals {
  const length = MINUTES + 1;
  const newLevel = (): LevelTotals => {
    const [requests, spendMicros] = [new Float64Array(length), new Float64Array(length)];
    return { requests, spendMicros, minutes: new Uint16Array(length), isUsed: false };
  };
  return { levels: ROW_LEVELS.map(newLevel), nextMinute: new Uint16Array(length) };
}

function addUp({ levels, nextMinute }: Totals, runs: readonly NovelRun[], start: number, newFrom: number): void {
  for (const level of levels) level.isUsed = false;
  nextMinute.fill(MINUTES);
  for (const run of runs) {
    const offset = (run.piece.from - start) / MINUTE_MS;
    const { levelIndexes, seenAt } = run.of;
    for (let i = 0; i < levelIndexes.length; i += 1) {
      if (seenAt[i]! >= newFrom) addRun(nextMinute, levels[levelIndexes[i]!]!, run, offset);
    }
  }
  for (const level of levels) {
    if (!level.isUsed) continue;
    for (let m = 0; m < MINUTES; m += 1) {
      level.requests[m + 1]! += level.requests[m]!;
      level.spendMicros[m + 1]! += level.spendMicros[m]!;
      level.minutes[m + 1]! += level.minutes[m]!;
    }
  }
  for (let m = MINUTES - 1; m >= 0; m -= 1) if (nextMinute[m] !== m) nextMinute[m] = nextMinute[m + 1]!;
}

function addRun(nextMinute: Uint16Array, level: LevelTotals, { piece, first, end }: NovelRun, offset: number): void {
  if (!level.isUsed) {
    level.requests.fill(0);
    level.spendMicros.fill(0);
    level.minutes.fill(0);
    level.isUsed = true;
  }
  for (let m = first; m < end; m += 1) {
    const minute = offset + piece.minutes[m]!;
    level.requests[minute + 1]! += piece.requests[m]!;
    level.spendMicros[minute + 1]! += piece.spendMicros[m]!;
    level.minutes[minute + 1] = 1;
    nextMinute[minute] = minute;
  }
}

function beforeTick(
  { levels, nextMinute }: Totals,
  start: number,
  tick: number,
  firstDays: FirstDays | null,
): NovelBefore | null {
  const end = (tick - start) / MINUTE_MS;
  const first = nextMinute[end - WINDOW_MINUTES[3]]!;
  if (first >= end) return null;
  const within = (totals: (level: LevelTotals) => Float64Array, index: number): PerWindow => {
    const level = levels[index]!;
    if (!level.isUsed) return NOTHING;
    const of = totals(level);
    return [of[end]! - of[end - 15]!, of[end]! - of[end - 60]!, of[end]! - of[end - 360]!, of[end]! - of[end - 1440]!];
  };
  const traffic: NovelTraffic = {
    requests: NOVELTY_LEVELS.map((_, index) => within(({ requests }) => requests, index)),
    spendMicros: NOVELTY_LEVELS.map((_, index) => within(({ spendMicros }) => spendMicros, index)),
    slots: NOVELTY_LEVELS.map((_, index) => slotsBefore(levels[index]!, end)),
    unplacedRequests: within(({ requests }) => requests, UNPLACED),
    firstDays: firstDaysAt(firstDays, tick),
  };
  return { traffic, firstAt: start + first * MINUTE_MS };
}

/** Slots of five minutes, counted back from the tick, with any traffic. */
function slotsBefore({ isUsed, minutes }: LevelTotals, end: number): PerWindow {
  if (!isUsed || minutes[end] === minutes[end - WINDOW_MINUTES[3]]) return NOTHING;
  const within: [number, number, number, number] = [0, 0, 0, 0];
  let count = 0;
  for (let at = end, w = 0; w < WINDOW_MINUTES.length; at -= SLOT_MINUTES) {
    if (end - at === WINDOW_MINUTES[w]) {
      within[w] = count;
      w += 1;
    }
    if (at >= SLOT_MINUTES && minutes[at] !== minutes[at - SLOT_MINUTES]) count += 1;
  }
  return within;
}

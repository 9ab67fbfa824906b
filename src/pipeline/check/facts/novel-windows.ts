import { firstDaysAt } from "../../../model/finding/novelty.js";
import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import { NOVEL_DAYS } from "../../../model/finding/baseline.js";
import type { NoveltyContext } from "../../../store/check/novelty-fact.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import { PIECE_MINUTES, type NovelPiece, type NovelRun, type RunValue } from "./novel-piece.js";
import { joinPieces, joinStretch, type JoinStretch, type NovelStretch } from "./novel-stretch.js";
import { addRun, addStretch, clearSums, isNew, newSums, toTraffic, type NovelBefore } from "./novel-sums.js";

/** How long (ms) what a key has first used stays new to it: a week, and as many days more as aged nothing. */
export function novelMsOf({ keys, days }: NoveltyContext["held"]): (keyId: string) => number {
  const held = new Map(keys.map((keyId, i) => [keyId, days[i]!]));
  return (keyId) => (NOVEL_DAYS + (held.get(keyId) ?? 0)) * DAY_MS;
}

/** Runs of all pieces by key and observer or by another name of theirs; those without a name are left out. */
export function groupRuns(
  pieces: readonly NovelPiece[],
  nameOf: (of: RunValue) => string | null = ({ name }) => name,
): Map<string, NovelRun[]> {
  const groups = new Map<string, NovelRun[]>();
  for (const piece of pieces) {
    for (const run of piece.runs) {
      const name = nameOf(run.of);
      if (name === null) continue;
      const own = groups.get(name);
      if (own === undefined) groups.set(name, [run]);
      else own.push(run);
    }
  }
  return groups;
}

/** Novel traffic before a tick (epoch ms) by the names of runs; `novelMs` is how long (ms) what a key has first used stays new to it. */
export function novelBefore(
  groups: ReadonlyMap<string, readonly NovelRun[]>,
  tick: number,
  novelMs: (keyId: string) => number,
): Map<string, NovelBefore> {
  return beforeTick({ groups, stretches: [] }, tick, novelMs);
}

/** Runs by their names, and what of them lies in stretches. */
interface Parts {
  readonly groups: ReadonlyMap<string, readonly NovelRun[]>;
  readonly stretches: readonly NovelStretch[];
}

/** The same where some quarters of an hour are joined to stretches. */
function beforeTick(
  { groups, stretches }: Parts,
  tick: number,
  novelMs: (keyId: string) => number,
): Map<string, NovelBefore> {
  const found = new Map<string, NovelBefore>();
  const sums = newSums();
  const names = new Set(groups.keys());
  for (const { runs } of stretches) for (const name of runs.keys()) names.add(name);
  for (const name of names) {
    const placed = groups.get(name) ?? NONE;
    const { keyId, firstDays } = placed[0]?.of ?? firstIn(stretches, name);
    const newFrom = tick - novelMs(keyId);
    clearSums(sums);
    let oldest = 0;
    for (const run of placed) {
      const minutesBefore = (tick - run.piece.from) / MINUTE_MS;
      if (minutesBefore <= 0 || minutesBefore - PIECE_MINUTES >= WINDOW_MINUTES[3]) continue;
      if (isNew(run, newFrom)) oldest = Math.max(oldest, addRun(sums, run, minutesBefore, newFrom));
    }
    for (const stretch of stretches) {
      const minutesBefore = (tick - stretch.from) / MINUTE_MS;
      for (const run of stretch.runs.get(name) ?? NONE) {
        if (isNew(run, newFrom)) oldest = Math.max(oldest, addStretch(sums, stretch, run, minutesBefore, newFrom));
      }
    }
    if (oldest === 0) continue;
    found.set(name, { traffic: toTraffic(sums, firstDaysAt(firstDays, tick)), firstAt: tick - oldest * MINUTE_MS });
  }
  return found;
}

const NONE: readonly never[] = [];

/** The first run of a subject that is in none but stretches. */
function firstIn(stretches: readonly NovelStretch[], name: string): RunValue {
  return stretches.find(({ runs }) => runs.has(name))!.runs.get(name)![0]!.of;
}

/**
 * What novelBefore gives of some pieces, by subject, where most of them are joined: a join that remembers goes through them once for all ticks of a quarter
 * of an hour.
 */
export function novelAtTick(
  pieces: readonly NovelPiece[],
  tick: number,
  novelMs: (keyId: string) => number,
  join: JoinStretch = joinStretch,
): Map<string, NovelBefore> {
  const { stretches, cut } = joinPieces(pieces, tick, join);
  return beforeTick({ groups: groupRuns(cut), stretches }, tick, novelMs);
}

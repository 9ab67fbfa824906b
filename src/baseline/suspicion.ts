import { NOVEL_DAYS, type Baseline } from "../model/finding/baseline.js";
import { SUSPICION_MS } from "../model/incident/incident.js";

/** The part of a baseline that says whether the key is trusted to teach. */
export type Trust = Pick<Baseline, "suspectUntil" | "frozenDays">;

/** A key of which nothing bad is known. */
export const TRUSTED: Trust = { suspectUntil: 0, frozenDays: [] };

/** A five-minute tick (epoch ms) and its score. */
export interface ScoredTick {
  readonly at: number;
  readonly score: number;
}

/** What a day's scores did to the trust in a key. */
export interface TrustOfDay extends Trust {
  readonly highestScore: number;
  /** True for instants (epoch ms) of the day at which the key was under suspicion. */
  readonly isSuspect: (at: number) => boolean;
}

const DAY_MS = 86_400_000;

/**
 * Goes through the scores of one day, oldest first. From the page threshold on a key is under suspicion, until it kept below
 * the notice threshold for a day; a day that reached the notice threshold ages no network (docs/detection.md, 9).
 * @param start epoch ms at which the day begins
 */
export function trustAfter(
  before: Trust,
  day: { readonly day: string; readonly start: number },
  scores: readonly ScoredTick[],
  limits: { readonly page: number; readonly notice: number },
): TrustOfDay {
  const spans = before.suspectUntil > day.start ? [{ from: day.start, to: before.suspectUntil }] : [];
  let highestScore = 0;
  for (const { at, score } of scores) {
    highestScore = Math.max(highestScore, score);
    if (score < limits.notice) continue;
    const last = spans.at(-1);
    if (last !== undefined && at <= last.to) last.to = at + SUSPICION_MS;
    else if (score >= limits.page) spans.push({ from: at, to: at + SUSPICION_MS });
  }
  const held = highestScore >= limits.notice ? [...before.frozenDays, day.day] : before.frozenDays;
  return {
    highestScore,
    isSuspect: (at) => spans.some(({ from, to }) => at >= from && at <= to),
    suspectUntil: spans.at(-1)?.to ?? before.suspectUntil,
    frozenDays: stillHeld(held, day.start + DAY_MS),
  };
}

/** Held days within the look-back that ends at `end`: as many days as it takes to have seven that are not held. */
function stillHeld(days: readonly string[], end: number): readonly string[] {
  for (let held = days; ;) {
    const from = end - (NOVEL_DAYS + held.length) * DAY_MS;
    const within = held.filter((day) => Date.parse(`${day}T00:00:00Z`) >= from);
    if (within.length === held.length) return held;
    held = within;
  }
}

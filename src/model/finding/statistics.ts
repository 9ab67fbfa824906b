import { NOVELTY_LEVELS } from "./novelty.js";
import { WINDOW_MINUTES } from "./window.js";

/**
 * The statistics of a key at a tick, each a bin from 0 (nothing) to 33. Novelty statistics have one per level and window:
 * additive requests (n), cost-equivalents (c), persistence in slots (p); the others one per window: rate residual (z),
 * spend residual (s), sustained floor under the limit (l), requests that were refused on routes that never served the key (d), and how many
 * such routes there were (b), and how many of these to unknown sources (e).
 */
export const STATISTIC_GROUPS = ["n", "c", "p", "z", "s", "l", "d", "b", "e"] as const;

/** Groups with a statistic for every level of novelty. */
export const LEVELLED_GROUPS: ReadonlySet<StatisticGroup> = new Set(["n", "c", "p"]);

export type StatisticGroup = (typeof STATISTIC_GROUPS)[number];

export const HIGHEST_BIN = 33;

const W = WINDOW_MINUTES.length;
const G = NOVELTY_LEVELS.length;
const OFFSETS: Readonly<Record<StatisticGroup, number>> = {
  n: 0,
  c: G * W,
  p: 2 * G * W,
  z: 3 * G * W,
  s: 3 * G * W + W,
  l: 3 * G * W + 2 * W,
  d: 3 * G * W + 3 * W,
  b: 3 * G * W + 4 * W,
  e: 3 * G * W + 5 * W,
};

/** How many statistics a key has. */
export const STATISTIC_COUNT = 3 * G * W + 6 * W;

/** Position of a statistic; `level` is 0 for the groups that have none. */
export function statisticIndex(group: StatisticGroup, window: number, level = 0): number {
  return OFFSETS[group] + level * W + window;
}

/** The statistics from this one on are not of novel traffic. */
export const FIRST_UNLEVELLED = OFFSETS.z;

/** True for statistics of novel traffic: in a key's first days it is judged by those of other keys. */
export function isNoveltyStatistic(index: number): boolean {
  return index < FIRST_UNLEVELLED;
}

/** True for statistics of refusals. */
export function isRefusalStatistic(index: number): boolean {
  return index >= OFFSETS.d;
}

/** Bin of a count: 1 + floor(1.5 log2 x), 0 below 1. */
export function countBin(x: number): number {
  return x < 1 ? 0 : Math.min(HIGHEST_BIN, 1 + Math.floor(1.5 * Math.log2(x)));
}

/** Sums of the same figures in another order differ by less. */
const ROUNDING = 1e-9;

/** Bin of a residual in standard deviations: 1 + floor(2 z), 0 up to 0. */
export function residualBin(z: number): number {
  return z <= ROUNDING ? 0 : Math.min(HIGHEST_BIN, 1 + Math.floor(2 * z));
}

/** Bin of a floor, the share of the limit that was never undercut: floor(20 share). */
export function floorBin(share: number): number {
  return share <= 0 ? 0 : Math.min(HIGHEST_BIN, Math.floor(20 * share));
}

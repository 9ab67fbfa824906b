import { churnOf, excessOverChurn, ownShare, type ShareOf } from "./additive-share.js";
import { familiarRequests } from "./familiar.js";
import type { Expectation } from "../model/finding/baseline.js";
import { NO_NOVEL_TRAFFIC, NOVELTY_LEVELS, type NovelTraffic } from "../model/finding/novelty.js";
import { countBin, floorBin, residualBin, STATISTIC_COUNT, statisticIndex } from "../model/finding/statistics.js";
import { NO_REFUSALS, type Refusals } from "../model/finding/refusals.js";
import { perWindow, type PerWindow } from "../model/finding/window.js";

const ROUTE_LEVEL = NOVELTY_LEVELS.indexOf("route");
const NOTHING = perWindow(() => 0);

/** Residuals of a key younger than this say nothing: its expectation is a guess. */
export const RESIDUALS_FROM_AGE_DAYS = 3;
/** A floor below a quarter of the limit is no plateau, and one that has just ended is none any more. */
export const LEAST_FLOOR = 0.25;
export const LEAST_CURRENT_SHARE = 0.3;
/** Additive share below which persistence of a newcomer is not counted, nor a network blamed beside another. */
export const LEAST_ADDITIVE = 0.3;

/** Everything about one key at one tick that its statistics are computed from. */
export interface KeyTick {
  readonly requests: PerWindow;
  readonly spendMicros: PerWindow;
  readonly novel: NovelTraffic;
  /** Null without a usable baseline. */
  readonly expectation: Expectation | null;
  /** Usual share of novel requests per level. */
  readonly churn: readonly number[];
  /** Micro-dollars per request; 0 when unknown. */
  readonly spendPerRequest: number;
  readonly ageDays: number;
  /** Whether any request of the key had an address before the day or the hour: where none had, its networks cannot be judged. */
  readonly isPlaced: boolean;
  /** Per window, the least share of the limit over its five-minute slots; null when the limit is unknown or it cannot matter. */
  readonly floors: PerWindow | null;
  /** Share of the limit in the last five minutes. */
  readonly currentShare: number;
  readonly refusals: Refusals;
}

const NO_BINS: readonly number[] = Array.from({ length: STATISTIC_COUNT }, () => 0);

/** Where bins are written. */
interface Writable {
  [index: number]: number;
}

/** The statistics of one key at one tick, and the intermediate figures that explain them. */
export interface Measures {
  readonly bins: readonly number[];
  /** Share of novel traffic that comes in addition to, not instead of, the usual: per level and window. */
  readonly additiveShare: readonly PerWindow[];
  /** Novel requests beyond usual churn that came in addition: per level and window. */
  readonly additiveRequests: readonly PerWindow[];
  readonly rateResidual: PerWindow;
  readonly spendResidual: PerWindow;
}

/**
 * Computes the statistics of one key at one tick (docs/detection.md, 3, 5 and 6).
 * @param shareOf what decides how much of its novel traffic came in addition: the key's own traffic, unless more is known
 */
export function measure(tick: KeyTick, shareOf: ShareOf = ownShare): Measures {
  const bins = NO_BINS.slice();
  const novelty = measureNovelty(tick, shareOf, bins, 0);
  const { rateResidual, spendResidual } = residuals(tick);
  for (let w = 0; w < 4; w += 1) {
    bins[statisticIndex("z", w)] = residualBin(rateResidual[w]!);
    bins[statisticIndex("s", w)] = residualBin(spendResidual[w]!);
  }
  measureLimits(tick, bins, 0);
  return { bins, ...novelty, rateResidual, spendResidual };
}

/** Writes the bins that `measure` gives over zeros, from an index on: of the ticks of a day nothing else is asked. */
export function writeBins(tick: KeyTick, bins: Uint8Array, from: number): void {
  if (tick.novel !== NO_NOVEL_TRAFFIC) measureNovelty(tick, ownShare, bins, from);
  writeResiduals(tick, bins, from);
  measureLimits(tick, bins, from);
}

function measureNovelty(tick: KeyTick, shareOf: ShareOf, bins: Writable, from: number) {
  const additiveShare: PerWindow[] = [];
  const additiveRequests: PerWindow[] = [];
  for (let level = 0; level < NOVELTY_LEVELS.length; level += 1) {
    // Most keys have nothing novel at most ticks; the longest window holds the others.
    if (tick.novel.requests[level]![3] === 0) {
      additiveShare.push(NOTHING);
      additiveRequests.push(NOTHING);
      continue;
    }
    const excess = excessOverChurn(tick, level);
    const share = shareOf(tick, level);
    const additive = perWindow((w) => excess[w]! * share[w]!);
    additiveShare.push(share);
    additiveRequests.push(additive);
    for (let w = 0; w < additive.length; w += 1) {
      bins[from + statisticIndex("n", w, level)] = countBin(additive[w]!);
      bins[from + statisticIndex("c", w, level)] = countBin(costEquivalent(tick, level, w, share[w]!, additive[w]!));
      const persists = level !== ROUTE_LEVEL && excess[w]! > 0 && share[w]! >= LEAST_ADDITIVE;
      bins[from + statisticIndex("p", w, level)] = persists ? countBin(tick.novel.slots[level]![w]!) : 0;
    }
  }
  return { additiveShare, additiveRequests };
}

/** Statistics of the limit and of refusals. */
function measureLimits(tick: KeyTick, bins: Writable, from: number): void {
  const isHeld = tick.ageDays >= RESIDUALS_FROM_AGE_DAYS && tick.currentShare >= LEAST_CURRENT_SHARE;
  const floors = isHeld ? tick.floors : null;
  const isRefused = tick.refusals !== NO_REFUSALS;
  for (let w = 0; w < 4; w += 1) {
    if (floors !== null) {
      const floor = floors[w]!;
      bins[from + statisticIndex("l", w)] = floor >= LEAST_FLOOR ? floorBin(floor) : 0;
    }
    if (!isRefused) continue;
    bins[from + statisticIndex("d", w)] = countBin(tick.refusals.requests[w]!);
    bins[from + statisticIndex("b", w)] = countBin(tick.refusals.routes[w]!);
    bins[from + statisticIndex("e", w)] = countBin(tick.refusals.routesOfUnknown[w]!);
  }
}

/** Bins of residuals; what is no more than expected has none, and most is not. */
function writeResiduals(tick: KeyTick, bins: Uint8Array, from: number): void {
  const { expectation, spendPerRequest } = tick;
  if (expectation === null || tick.ageDays < RESIDUALS_FROM_AGE_DAYS) return;
  const familiar = familiarRequests(tick);
  for (let w = 0; w < 4; w += 1) {
    const expected = expectation.requests[w]!;
    if (familiar[w]! > expected) {
      const residual = residualOf(familiar[w]!, expected, expectation.rateVariance[w]!);
      bins[from + statisticIndex("z", w)] = residualBin(residual);
    }
    if (spendPerRequest <= 0) continue;
    const equivalents = tick.spendMicros[w]! / spendPerRequest;
    if (equivalents > expected) {
      const residual = residualOf(equivalents, expected, expectation.spendVariance[w]!);
      bins[from + statisticIndex("s", w)] = residualBin(residual);
    }
  }
}

const residualOf = (actual: number, expected: number, variance: number) =>
  Math.log((actual + 1) / (expected + 1)) / Math.sqrt(variance);

/**
 * What novel traffic costs in requests of usual cost, and never less than its requests: what has no price is not worth nothing to
 * who takes it.
 */
function costEquivalent(tick: KeyTick, level: number, w: number, share: number, additive: number): number {
  if (tick.spendPerRequest <= 0) return additive;
  const usual = churnOf(tick, level) * tick.spendMicros[w]!;
  const beyond = Math.max(0, tick.novel.spendMicros[level]![w]! - usual);
  return Math.max(additive, (beyond * share) / tick.spendPerRequest);
}

function residuals(tick: KeyTick): { rateResidual: PerWindow; spendResidual: PerWindow } {
  const { expectation } = tick;
  const none = perWindow(() => 0);
  if (expectation === null || tick.ageDays < RESIDUALS_FROM_AGE_DAYS)
    return { rateResidual: none, spendResidual: none };
  const familiar = familiarRequests(tick);
  const rateResidual = perWindow((w) =>
    residualOf(familiar[w]!, expectation.requests[w]!, expectation.rateVariance[w]!),
  );
  const spendResidual =
    tick.spendPerRequest <= 0
      ? none
      : perWindow((w) =>
          residualOf(
            tick.spendMicros[w]! / tick.spendPerRequest,
            expectation.requests[w]!,
            expectation.spendVariance[w]!,
          ),
        );
  return { rateResidual, spendResidual };
}

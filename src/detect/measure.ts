import { churnOf, excessOverChurn, ownShare, type ShareOf } from "./additive-share.js";
import type { Expectation } from "../model/finding/baseline.js";
import { NO_NOVEL_TRAFFIC, NOVELTY_LEVELS, SYSTEM_LEVELS, type NovelTraffic } from "../model/finding/novelty.js";
import { countBin, floorBin, residualBin, STATISTIC_COUNT, statisticIndex } from "../model/finding/statistics.js";
import type { Refusals } from "../model/finding/refusals.js";
import { perWindow, type PerWindow } from "../model/finding/window.js";

const ROUTE_LEVEL = NOVELTY_LEVELS.indexOf("route");
const NOTHING = perWindow(() => 0);

/** Residuals of a key younger than this say nothing: its expectation is a guess. */
export const RESIDUALS_FROM_AGE_DAYS = 3;
/** A floor below a quarter of the limit is no plateau, and one that has just ended is none any more. */
export const LEAST_FLOOR = 0.25;
const LEAST_CURRENT_SHARE = 0.3;
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
      bins[statisticIndex("n", w, level)] = countBin(additive[w]!);
      bins[statisticIndex("c", w, level)] = countBin(costEquivalent(tick, level, w, share[w]!, additive[w]!));
      const persists = level !== ROUTE_LEVEL && excess[w]! > 0 && share[w]! >= LEAST_ADDITIVE;
      bins[statisticIndex("p", w, level)] = persists ? countBin(tick.novel.slots[level]![w]!) : 0;
    }
  }
  const { rateResidual, spendResidual } = residuals(tick);
  for (let w = 0; w < 4; w += 1) {
    bins[statisticIndex("z", w)] = residualBin(rateResidual[w]!);
    bins[statisticIndex("s", w)] = residualBin(spendResidual[w]!);
    const floor = tick.ageDays >= RESIDUALS_FROM_AGE_DAYS ? (tick.floors?.[w] ?? 0) : 0;
    bins[statisticIndex("l", w)] =
      floor >= LEAST_FLOOR && tick.currentShare >= LEAST_CURRENT_SHARE ? floorBin(floor) : 0;
    bins[statisticIndex("d", w)] = countBin(tick.refusals.requests[w]!);
    bins[statisticIndex("b", w)] = countBin(tick.refusals.routes[w]!);
    bins[statisticIndex("e", w)] = countBin(tick.refusals.routesOfUnknown[w]!);
  }
  return { bins, additiveShare, additiveRequests, rateResidual, spendResidual };
}

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

/**
 * Requests with those that have moved on to keys that succeed it: what the key lacks of what is expected, as far as these make it from
 * networks that they know. Without that an attacker of the old key would pass for its callers, who are on the new one.
 * @param movedOn requests of the keys that succeed it from networks that these know
 */
export function withMovedOn(tick: Pick<KeyTick, "requests" | "novel" | "expectation">, movedOn: PerWindow): PerWindow {
  if (tick.expectation === null) return tick.requests;
  const familiar = familiarRequests(tick);
  const { requests } = tick.expectation;
  return perWindow((w) => tick.requests[w]! + Math.min(movedOn[w]!, Math.max(0, requests[w]! - familiar[w]!)));
}

/** Requests from networks that the key knows. */
export function familiarRequests({ requests, novel }: Pick<KeyTick, "requests" | "novel">): PerWindow {
  if (novel === NO_NOVEL_TRAFFIC) return requests;
  return perWindow((w) => {
    const placed = SYSTEM_LEVELS.reduce((sum, level) => sum + novel.requests[level]![w]!, 0);
    return Math.max(0, requests[w]! - placed - novel.unplacedRequests[w]!);
  });
}

/** Spend (micro-dollars) from networks that the key knows; what unplaced requests cost is taken to be their share. */
export function familiarSpend({
  requests,
  spendMicros,
  novel,
}: Pick<KeyTick, "requests" | "spendMicros" | "novel">): PerWindow {
  if (novel === NO_NOVEL_TRAFFIC) return spendMicros;
  return perWindow((w) => {
    const placed = SYSTEM_LEVELS.reduce((sum, level) => sum + novel.spendMicros[level]![w]!, 0);
    const unplaced = (spendMicros[w]! * novel.unplacedRequests[w]!) / Math.max(1, requests[w]!);
    return Math.max(0, spendMicros[w]! - placed - unplaced);
  });
}

function residuals(tick: KeyTick): { rateResidual: PerWindow; spendResidual: PerWindow } {
  const { expectation } = tick;
  const none = perWindow(() => 0);
  if (expectation === null || tick.ageDays < RESIDUALS_FROM_AGE_DAYS)
    return { rateResidual: none, spendResidual: none };
  const familiar = familiarRequests(tick);
  const rateResidual = perWindow(
    (w) => Math.log((familiar[w]! + 1) / (expectation.requests[w]! + 1)) / Math.sqrt(expectation.rateVariance[w]!),
  );
  const spendResidual =
    tick.spendPerRequest <= 0
      ? none
      : perWindow((w) => {
          const equivalents = tick.spendMicros[w]! / tick.spendPerRequest;
          return (
            Math.log((equivalents + 1) / (expectation.requests[w]! + 1)) / Math.sqrt(expectation.spendVariance[w]!)
          );
        });
  return { rateResidual, spendResidual };
}

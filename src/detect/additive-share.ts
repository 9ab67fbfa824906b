import type { Expectation } from "../model/finding/baseline.js";
import { NOVELTY_LEVELS, type NovelTraffic } from "../model/finding/novelty.js";
import { perWindow, type PerWindow } from "../model/finding/window.js";

const ROUTE_LEVEL = NOVELTY_LEVELS.indexOf("route");
/** Evidence ratio beyond which "in addition" or "instead" is certain, in log units. */
const CERTAIN = 7;
/** Additive share below which a newcomer is taken to replace usual traffic. */
const REPLACES = 0.02;
/** Without a word for either, half is believed. */
const NO_OPINION = 0.5;

/** Of one key the last quarter of an hour is too noisy to bound the longer windows; of several together it is the sharpest. */
const HEEDED_ALONE = [1, 2, 3];
const HEEDED_POOLED = [0, 1, 2, 3];

const ALL = perWindow(() => 1);

/** What a key does, what is new of it, and what is expected: as in KeyTick. */
interface NewcomersTick {
  readonly requests: PerWindow;
  readonly novel: NovelTraffic;
  /** Null without a usable baseline. */
  readonly expectation: Pick<Expectation, "requests" | "rateVariance"> | null;
  readonly churn: readonly number[];
}

/** Per window, the share of novel traffic that comes in addition to, and not instead of, what is usual. */
export type ShareOf = (tick: NewcomersTick, level: number) => PerWindow;

/**
 * What a key's own traffic says. A route is used by the key's own clients: whether it comes on top of the others says nothing
 * (docs/detection.md, 6).
 */
export const ownShare: ShareOf = (tick, level) => {
  if (level === ROUTE_LEVEL) return ALL;
  const { expectation } = tick;
  if (expectation === null) return perWindow(() => NO_OPINION);
  return sharesOf({ ...splitOf(tick, expectation, level), variance: expectation.rateVariance }, HEEDED_ALONE);
};

/** Its traffic without what is new at a level, and what is expected of it: less than of all by the usual share of what is new. */
function splitOf(tick: NewcomersTick, { requests: expected }: Pick<Expectation, "requests">, level: number): Split {
  const churn = churnOf(tick, level);
  return {
    actual: tick.requests,
    expected,
    familiar: perWindow((w) => Math.max(0, tick.requests[w]! - tick.novel.requests[level]![w]!)),
    familiarExpected: perWindow((w) => expected[w]! * (1 - churn)),
  };
}

/** Novel requests beyond usual churn (docs/detection.md, 3). */
export function excessOverChurn(tick: NewcomersTick, level: number): PerWindow {
  const churn = churnOf(tick, level);
  return perWindow((w) => Math.max(0, tick.novel.requests[level]![w]! - churn * tick.requests[w]!));
}

/** Usual share of novel requests at a level; routes have no churn (docs/detection.md, 3). */
export function churnOf(tick: NewcomersTick, level: number): number {
  return level === ROUTE_LEVEL ? 0 : (tick.churn[level] ?? 0);
}

/**
 * What keys say together that have one newcomer in common, which all of them were moved to or somebody added to all of them: the less of
 * what each says and of what their pooled traffic says. A few requests of one key say nothing; the same of ten keys say whether these still
 * do beside it what they did before. Keys that were moved for certain count for nothing and do not speak for the others: an attacker may start
 * on these while one key's owner moves. But where nothing speaks for an addition, they do.
 */
export function sharedByAll(ticks: readonly NewcomersTick[]): ShareOf {
  const known = NOVELTY_LEVELS.map(() => new Map<NewcomersTick, PerWindow>());
  const knownShare: ShareOf = (tick, level) => {
    let own = known[level]!.get(tick);
    if (own === undefined) known[level]!.set(tick, (own = ownShare(tick, level)));
    return own;
  };
  const pooled = NOVELTY_LEVELS.map((_, level) =>
    level === ROUTE_LEVEL ? ALL : pooledShares(ticks, level, knownShare),
  );
  return (tick, level) => {
    const own = knownShare(tick, level);
    return perWindow((w) => Math.min(own[w]!, pooled[level]![w]!));
  };
}

function pooledShares(ticks: readonly NewcomersTick[], level: number, shareOf: ShareOf): PerWindow {
  const users = ticks.flatMap((tick) => {
    const { expectation } = tick;
    // The longest window holds the others: most levels have nothing novel.
    if (expectation === null || tick.novel.requests[level]![3] === 0 || excessOverChurn(tick, level)[3] === 0)
      return [];
    const isMoved = shareOf(tick, level).every((share) => share === 0);
    return [{ split: splitOf(tick, expectation, level), variance: expectation.rateVariance, isMoved }];
  });
  const unmoved = users.filter(({ isMoved }) => !isMoved);
  if (unmoved.length === 0) return ALL;
  const ofUnmoved = sharesOf(pool(unmoved), HEEDED_POOLED);
  if (unmoved.length === users.length) return ofUnmoved;
  const ofAll = sharesOf(pool(users), HEEDED_POOLED);
  return perWindow((w) => (ofUnmoved[w]! > NO_OPINION ? ofUnmoved[w]! : Math.min(ofUnmoved[w]!, ofAll[w]!)));
}

/** Traffic, and the part of it that is from nobody new, each with what is expected of it. */
interface Split {
  readonly actual: PerWindow;
  readonly expected: PerWindow;
  readonly familiar: PerWindow;
  readonly familiarExpected: PerWindow;
}

/** The same with the variance of the log of actual over expected. */
interface Joined extends Split {
  readonly variance: PerWindow;
}

/** The traffic of keys as that of one: what each is wrong by is independent of the others. */
function pool(users: readonly { readonly split: Split; readonly variance: PerWindow }[]): Joined {
  const total = (of: (user: (typeof users)[number]) => number) => users.reduce((sum, user) => sum + of(user), 0);
  const totals = (part: keyof Split) => perWindow((w) => total(({ split }) => split[part][w]!));
  return {
    actual: totals("actual"),
    expected: totals("expected"),
    familiar: totals("familiar"),
    familiarExpected: totals("familiarExpected"),
    variance: perWindow((w) => {
      const squares = total(({ split, variance }) => (split.expected[w]! + 1) ** 2 * variance[w]!);
      return squares / total(({ split }) => split.expected[w]! + 1) ** 2;
    }),
  };
}

/**
 * Does traffic fit what is expected better with or without the newcomer? A migration's total fits with it (share 0), a leak's familiar part without it (share 1), a small
 * newcomer's either way (share one half). Where something is always new, the familiar part is held against the usual familiar part: else who moves for a week, and has
 * taught by then that newcomers are usual, would seem to have kept what is usual and to add the rest (docs/detection.md, 5).
 * @param heeded windows that bound the shares of all
 */
function sharesOf(of: Joined, heeded: readonly number[]): PerWindow {
  const raw = perWindow((w) => {
    const withNewcomer = Math.log((of.actual[w]! + 1) / (of.expected[w]! + 1));
    const without = Math.log((of.familiar[w]! + 1) / (of.familiarExpected[w]! + 1));
    const evidence = (withNewcomer ** 2 - without ** 2) / (2 * of.variance[w]!);
    return 1 / (1 + Math.exp(-Math.max(-CERTAIN, Math.min(CERTAIN, evidence))));
  });
  return perWindow((w) => {
    const share = Math.min(raw[w]!, ...heeded.map((other) => 2 * raw[other]!));
    return share < REPLACES ? 0 : share;
  });
}

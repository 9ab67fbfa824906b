import type { KeyFigures } from "../model/finding/leak-statistics.js";
import type { FirstDays } from "../model/key/founding.js";
import { round6 } from "../model/round.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";
import { EXPERTS, NO_SHARE, type Share } from "./experts.js";
import type { SurpriseOf } from "./surprise.js";
import { scoreOnceIn } from "./threshold.js";
import { windowSurprises, type WindowSurprises } from "./window-surprises.js";

/**
 * The experts that add up evidence; of equal scores the first one's counts. In a key's first days they are not heard: what is new then is new in every way at once, and
 * their sums, fitted to keys with a past, would make half of all false pages.
 */
const FUSED = ["newcomer", "program", "known_network"] as const;

/**
 * Where nobody says from where a key is used, the loudest of rate, spend and new routes stands for itself, and money that goes to a new route
 * counts for more than either. How much rarer or less rare these are than their own surprises say, in decades: measured on fleets without
 * attackers of the tuning seeds 101 and 102 (5,907 key-days; the loudest passes 5.2, or spend and a new route both 2, once in 1,000 or more).
 */
const SIGNALS_ALONE = ["rate", "spend", "novelRoute"] as const;
const ALONE_DECADES = -2.2;
const TOGETHER_DECADES = 1.2;

/**
 * How much less rare refusals on many foreign routes are than their surprise says, in decades: to unknown sources, of whom the loudest of four windows is
 * heard, and to anybody, since owners test at times what their own key may not do (measured on fleets of the tuning seeds).
 */
const EXPLORER_DECADES = { unknown: -0.3, anybody: -1.5 } as const;
/** However loud it is, once in 10,000 key-days somebody who may do so tests a key from elsewhere: on those fleets three did so in 33,000. */
const MOST_EXPLORER_DECADES = 4;

/**
 * How much less rare the loudest foreign network of a key's first 48 hours is than its own surprise says, in decades: on 2,160 first days of new keys of
 * the tuning seeds, and as many of dormant ones, it was three times as common as one statistic alone, over all levels and windows (0.5). The rest leaves
 * the most of a budget to keys with a past: a third of it goes to new keys, a sixth to dormant ones, of which each begins in networks that are new to it.
 */
const FIRST_DAYS_DECADES: Readonly<Record<FirstDays["kind"], number>> = { new: -1, dormant: -1.3 };
/** What is rarer than once in 100,000 key-days was seen on no first day. */
const MOST_FIRST_DAYS_DECADES = 5;

/** What is known of the key beside its bins. */
export interface Judged {
  /** Whether any request of the key ever had an address; where none had, that nothing is heard of sources is no good sign. */
  readonly isPlaced: boolean;
  /** Whether its networks are those of first days, judged by the first days of other keys alone, and of which. */
  readonly firstDays: FirstDays["kind"] | null;
  /** How much is held back of the sums of the experts (short-past.ts). */
  readonly heldBack: number;
}

/** A key with a whole past whose requests have addresses. */
const USUALLY_JUDGED: Judged = { isPlaced: true, firstDays: null, heldBack: 0 };

export interface Score extends Judged {
  readonly value: number;
  /** Index of the winning window. */
  readonly window: number;
  readonly expert: KeyFigures["expert"];
  readonly surprises: readonly WindowSurprises[];
}

/**
 * Fuses the surprises of all windows into one score (docs/detection.md, 7).
 */
export function score(bins: ArrayLike<number>, surpriseOf: SurpriseOf, judged: Judged = USUALLY_JUDGED): Score {
  return fuse(
    WINDOW_MINUTES.map((_, w) => windowSurprises(bins, surpriseOf, w)),
    judged,
  );
}

/** The score of what is from sources that are new to the key: that it is used more from where it always was says nothing of a new network. */
export function scoreOfNewSources(
  bins: readonly number[],
  surpriseOf: SurpriseOf,
  { firstDays, heldBack }: Judged,
): number {
  const values = WINDOW_MINUTES.map((_, w) => {
    const s = windowSurprises(bins, surpriseOf, w);
    return firstDays === null ? EXPERTS.newcomer.scoreOf(s, w) - heldBack : firstDaysScore(firstDays, s);
  });
  return round6(Math.max(0, ...values));
}

/** The score of the surprises of all windows. @public for the bench, which leaves some of them out */
export function fuse(surprises: readonly WindowSurprises[], { isPlaced, firstDays, heldBack }: Judged): Score {
  const isFirst = firstDays !== null;
  let best: { value: number; window: number; expert: Score["expert"] } = {
    value: 0,
    window: 0,
    expert: isFirst ? "first_days" : "newcomer",
  };
  const fused = isFirst ? [] : FUSED;
  for (let window = 0; window < surprises.length; window += 1) {
    const s = surprises[window]!;
    for (let i = 0; i < fused.length; i += 1) {
      const expert = fused[i]!;
      const value = EXPERTS[expert].scoreOf(s, window) - heldBack;
      if (value > best.value) best = { value, window, expert };
    }
    const explorer = explorerScore(s);
    if (explorer > best.value) best = { value: explorer, window, expert: "explorer" };
    const first = isFirst ? firstDaysScore(firstDays, s) : -Infinity;
    if (first > best.value) best = { value: first, window, expert: "first_days" };
    const alone = isPlaced ? -Infinity : withoutSources(s).value;
    if (alone > best.value) best = { value: alone, window, expert: "alone" };
  }
  return { ...best, value: round6(best.value), surprises, isPlaced, firstDays, heldBack };
}

/**
 * The score of a foreign network on a key of which little is known. How rare that is among first days says it all: a key that starts there does everything
 * from there, so that what it costs and how long it lasts is no more evidence.
 */
function firstDaysScore(kind: FirstDays["kind"], { foreign }: WindowSurprises): number {
  const decades = foreign + FIRST_DAYS_DECADES[kind];
  return foreign === 0 ? -Infinity : scoreOnceIn(10 ** Math.min(decades, MOST_FIRST_DAYS_DECADES));
}

/** The score of who finds out what a key may do; it stands for itself. */
function explorerScore({ refusals, refusalsOfUnknown }: WindowSurprises): number {
  if (refusals === 0 && refusalsOfUnknown === 0) return -Infinity;
  const { unknown, anybody } = EXPLORER_DECADES;
  const decades = Math.max(refusalsOfUnknown + unknown, refusals + anybody);
  return scoreOnceIn(10 ** Math.min(decades, MOST_EXPLORER_DECADES));
}

/** The score of one signal that stands for itself. */
export function scoreAlone(decades: number): number {
  return scoreOnceIn(10 ** (decades + ALONE_DECADES));
}

/** What stands for itself where sources are not known, and its score. */
function withoutSources(s: WindowSurprises): {
  readonly signals: readonly (typeof SIGNALS_ALONE)[number][];
  readonly value: number;
} {
  const loudest = SIGNALS_ALONE.reduce((best, one) => (s[one] > s[best] ? one : best));
  const [alone, together] = [
    scoreAlone(s[loudest]),
    scoreOnceIn(10 ** (Math.min(s.spend, s.novelRoute) + TOGETHER_DECADES)),
  ];
  if (alone >= together || Math.min(s.spend, s.novelRoute) <= 0) return { signals: [loudest], value: alone };
  return { signals: ["spend", "novelRoute"], value: together };
}

/** What each signal adds to the score in the winning window; of signals that stand for themselves, those that do. */
export function contributions(result: Score): Share {
  const s = result.surprises[result.window]!;
  if (result.expert === "alone") {
    const { signals } = withoutSources(s);
    const own = (signal: (typeof signals)[number]) =>
      signals.includes(signal) ? round6(result.value / signals.length) : 0;
    return { ...NO_SHARE, routes: own("novelRoute"), rate: own("rate"), spend: own("spend") };
  }
  if (result.expert === "explorer") return { ...NO_SHARE, refusals: result.value };
  if (result.expert === "first_days") return { ...NO_SHARE, sources: result.value };
  const share = Object.entries(EXPERTS[result.expert].shareOf(s)).map(([name, part]) => [name, round6(part)]);
  return Object.fromEntries(share) as Share;
}

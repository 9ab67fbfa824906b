import type { Severity } from "../model/incident/page.js";
import { round6 } from "../model/round.js";
import { upperTail } from "./judge-group.js";
import { scoreOnceIn, severityOf, type Thresholds } from "./threshold.js";

/** Fewer past days than this say nothing of what is usual between the two counts. */
const LEAST_DAYS = 4;
/** Yesterday may already be the attacker's. */
const LAG_DAYS = 2;
/** A handful of requests is how two counts differ, not a leak. */
const LEAST_EXCESS = 20;
/** The two counts never agree better than this from day to day (log units). */
const LEAST_SPREAD = 0.03;
/** Scale that makes the median absolute deviation that of a normal distribution (Rousseeuw and Croux 1993). */
const MAD_SCALE = 1.4826;
/** Spans of a day that overlap by half. */
const LOOKS_PER_DAY = 2;

/** What a provider and our own side counted for one key in a span of a day; `daysAgo` 0 is the latest that was reported. */
export interface CountedDay {
  readonly daysAgo: number;
  readonly provider: number;
  readonly recorded: number;
}

export interface UnaccountedVerdict {
  readonly severity: Severity | null;
  readonly score: number;
  /** Provider's requests per recorded request, as a median of past days. */
  readonly usualRatio: number;
  /** Requests of the latest day that the provider counted beyond the usual ratio. */
  readonly excess: number;
  readonly residual: number;
  readonly days: number;
}

/**
 * Signal `unaccounted`: what a provider bills beyond what our callers recorded, against the key's own usual gap between the
 * two counts. Null when too little is known, or there is no excess.
 */
export function judgeUnaccounted(days: readonly CountedDay[], limits: Thresholds): UnaccountedVerdict | null {
  const latest = days.find(({ daysAgo }) => daysAgo === 0);
  const past = days.filter(({ daysAgo, recorded }) => daysAgo >= LAG_DAYS && recorded > 0).map(logRatio);
  if (latest === undefined || past.length < LEAST_DAYS) return null;
  const usual = median(past);
  const spread = Math.max(LEAST_SPREAD, MAD_SCALE * median(past.map((ratio) => Math.abs(ratio - usual))));
  const expected = latest.recorded * Math.exp(usual);
  const excess = latest.provider - expected;
  if (excess < LEAST_EXCESS) return null;
  const residual = (logRatio(latest) - usual) / Math.sqrt(spread ** 2 + 1 / (expected + 1));
  const reached = past.filter((ratio) => (ratio - usual) / spread >= residual).length;
  const share = Math.min(1, LOOKS_PER_DAY * upperTail(Math.max(residual, 1e-9)));
  const score = round6(scoreOnceIn((past.length + 1) / (reached + share), limits.scale));
  return {
    severity: severityOf(score, limits),
    score,
    usualRatio: round6(Math.exp(usual)),
    excess: Math.round(excess),
    residual: round6(residual),
    days: past.length,
  };
}

function logRatio({ provider, recorded }: CountedDay): number {
  return Math.log((provider + 1) / (recorded + 1));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

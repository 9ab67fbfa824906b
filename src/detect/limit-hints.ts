import { groupBy } from "../model/group-by.js";

/** So many minutes with 429s on a day give that day a vote. */
const VOTE_MINUTES = 3;
/** One day alone may have been an outage of the limiter. */
const LEAST_VOTES = 2;
/** Minutes that serve more than this without a 429 show that the bound is none. */
const TOLERANCE = 1.1;
/** Fewer minutes in use than this say nothing of a key's busiest. */
const LEAST_MINUTES = 100;
const HEADROOM = 1.25;

/** Minutes of a key, in requests served a minute. */
export interface ServedMinutes {
  readonly minutes: number;
  readonly p999: number;
  readonly mostUnthrottled: number;
  readonly throttled: readonly { readonly day: number; readonly served: number }[];
}

/** What traffic says of a key's limit, in requests a minute; nothing of it was stated by anybody. */
export interface LimitHints {
  /** Where 429s began. */
  readonly inferred: { readonly perMinute: number; readonly minutes: number; readonly days: number } | null;
  /** The smallest limit under which the key's own p99.9 minute passes, with headroom. */
  readonly tightest: { readonly perMinute: number; readonly p999: number; readonly minutes: number } | null;
}

/**
 * A day's bound is the most that was served in one of its throttled minutes: minutes that were throttled for a part only are below
 * it. The lowest of the days' bounds counts, unless other minutes passed it without a 429.
 */
export function hintLimits(seen: ServedMinutes | null): LimitHints {
  if (seen === null) return { inferred: null, tightest: null };
  const { minutes, p999, mostUnthrottled, throttled } = seen;
  const days = groupBy(throttled, ({ day }) => String(day));
  const votes = [...days.values()]
    .filter((own) => own.length >= VOTE_MINUTES)
    .map((own) => Math.max(...own.map(({ served }) => served)));
  const perMinute = votes.length < LEAST_VOTES ? 0 : Math.min(...votes);
  const isBound = perMinute > 0 && mostUnthrottled <= perMinute * TOLERANCE;
  return {
    inferred: isBound ? { perMinute, minutes: throttled.length, days: votes.length } : null,
    tightest: minutes < LEAST_MINUTES || p999 === 0 ? null : { perMinute: Math.ceil(p999 * HEADROOM), p999, minutes },
  };
}

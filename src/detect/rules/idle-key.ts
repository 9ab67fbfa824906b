import { DAY_MS } from "../../time/day.js";

/** A key that nobody used for a month since it was made was made for nothing. */
const NEVER_USED_DAYS = 30;
/** What is used once a quarter is used within this. */
const SLEEPING_DAYS = 90;
/** An attacker who finds an old key wakes it; callers that run monthly stay below. */
const LONG_IDLE_DAYS = 30;
/** As far back as anybody looks for the use before. */
const LOOKED_BACK_MS = 120 * DAY_MS;

/** What is known of a key's use; instants are epoch ms. */
export interface IdleFacts {
  readonly createdAt: number | null;
  /** When it was used first and last; null: never. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Use of the last day, and the last one before it (null: not for longer than anybody looked). */
  readonly lately: { readonly since: number; readonly before: number | null } | null;
}

/** Why a key is worth a look: `days` are those on which a source was heard and the key was not. */
export type IdleVerdict =
  | { readonly kind: "never_used"; readonly days: number; readonly since: number }
  | { readonly kind: "sleeping"; readonly days: number; readonly since: number }
  | { readonly kind: "awake" | "first_use"; readonly days: number; readonly since: number };

/** Whole days after `from` and before `to` (epoch ms) of those (begins, epoch ms) on which a source was heard. */
export function countObservedDays(observedDays: readonly number[], from: number, to: number): number {
  const ends = Math.floor(to / DAY_MS) * DAY_MS;
  return observedDays.filter((day) => day > from && day < ends).length;
}

/**
 * Whether a key sleeps, was never used, or was used after a long time without use, the first one since it was made included: whoever first
 * uses an idle key founds it. Only days on which a source was heard speak for its silence.
 */
export function judgeIdle(facts: IdleFacts, observedDays: readonly number[], now: number): IdleVerdict | null {
  const { createdAt, firstAt, lastAt, lately } = facts;
  if (firstAt === null || lastAt === null) {
    if (createdAt === null) return null;
    const days = countObservedDays(observedDays, createdAt, now);
    return days >= NEVER_USED_DAYS ? { kind: "never_used", days, since: createdAt } : null;
  }
  if (lately === null) {
    const days = countObservedDays(observedDays, lastAt, now);
    return days >= SLEEPING_DAYS ? { kind: "sleeping", days, since: lastAt } : null;
  }
  if (firstAt >= lately.since) {
    const days = createdAt === null ? 0 : countObservedDays(observedDays, createdAt, firstAt);
    return days >= LONG_IDLE_DAYS ? { kind: "first_use", days, since: firstAt } : null;
  }
  const before = lately.before ?? Math.max(firstAt, lately.since - LOOKED_BACK_MS);
  const days = countObservedDays(observedDays, before, lately.since);
  return days >= LONG_IDLE_DAYS ? { kind: "awake", days, since: lately.since } : null;
}

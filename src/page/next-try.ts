import type { DeliveryVerdict, OutboxPage, PageState } from "../model/incident/page.js";

/** Pages that could not be delivered within a day are given up, and shown. */
const GIVE_UP_MS = 24 * 3_600_000;
const FIRST_MS = 2000;
const MOST_MS = 300_000;
/** PagerDuty asks for "a few minutes", or three tries thirty seconds apart. */
const RATE_LIMITED_MS = 30_000;
/** Who asks for more than this has a clock of their own. */
const MOST_ASKED_MS = 3_600_000;

/** What an answer makes of a page, and the instant (epoch ms; 0: at once) before which it is not tried again. */
export interface NextTry {
  readonly state: Exclude<PageState, "pending" | "dropped">;
  readonly notBefore: number;
}

/**
 * Doubles the waiting time up to five minutes, half of it by chance, and never undercuts what PagerDuty asks for.
 * @param chance a number from 0 up to 1
 * @param rateLimitedMs the least time after a 429
 */
export function nextTry(
  page: Pick<OutboxPage, "attempts" | "createdAt">,
  verdict: DeliveryVerdict,
  now: number,
  chance: number,
  rateLimitedMs = RATE_LIMITED_MS,
): NextTry {
  if (verdict.kind === "sent") return { state: "sent", notBefore: 0 };
  if (verdict.kind === "refused" || now - page.createdAt > GIVE_UP_MS) return { state: "failed", notBefore: 0 };
  const grown = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(page.attempts, 30)) * (0.5 + chance / 2);
  const asked = Math.min(MOST_ASKED_MS, verdict.retryAfterMs ?? 0);
  const least = verdict.status === 429 ? rateLimitedMs : 0;
  return { state: "retrying", notBefore: Math.ceil(now + Math.max(grown, asked, least)) };
}

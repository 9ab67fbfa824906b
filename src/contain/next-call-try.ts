import type { CallProgress, CallState } from "../model/incident/containment.js";
import type { DeliveryVerdict } from "../model/incident/page.js";

const FIRST_MS = 1000;
/** A key in an attacker's hands does not wait five minutes; a guard that was away for an hour may be away for days. */
const [MOST_MS, MOST_LATER_MS] = [60_000, 600_000];
const LATER_AFTER_MS = 3_600_000;
/** Who asks for more than this has a clock of their own. */
const MOST_ASKED_MS = 600_000;
/** Who says that it is too much is left alone for a moment. */
const RATE_LIMITED_MS = 5000;

/** What an answer makes of a call, and the instant (epoch ms) before which it is not tried again. */
export interface NextCallTry {
  readonly state: Exclude<CallState, "pending" | "dropped">;
  readonly notBefore: number;
}

/**
 * Doubles the waiting time up to a minute, an hour after the call was made up to ten, half of it by chance. A call is tried until the guard answers: one that applies something until that
 * expires, its undo without end, since a key must not stay contained for an outage.
 * @param chance a number from 0 up to 1
 */
export function nextCallTry(
  { attempts, createdAt }: Pick<CallProgress, "attempts" | "createdAt">,
  verdict: DeliveryVerdict,
  now: number,
  chance: number,
): NextCallTry {
  if (verdict.kind !== "retry") return { state: verdict.kind === "sent" ? "sent" : "failed", notBefore: 0 };
  const most = now - createdAt < LATER_AFTER_MS ? MOST_MS : MOST_LATER_MS;
  const grown = Math.min(most, FIRST_MS * 2 ** Math.min(attempts, 30)) * (0.5 + chance / 2);
  const asked = Math.min(MOST_ASKED_MS, verdict.retryAfterMs ?? 0);
  const least = verdict.status === 429 ? RATE_LIMITED_MS : 0;
  return { state: "retrying", notBefore: Math.ceil(now + Math.max(grown, asked, least)) };
}

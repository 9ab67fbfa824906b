import type { RuleVerdict } from "./rule-verdict.js";
import { networksText, sourceStatistics, sumOf, type SourceInHour } from "./source-in-hour.js";
import { requestsText } from "../../text/amounts.js";

/** Fewer refusals in an hour are a script that somebody forgot: they break nothing. */
const LEAST_REFUSED = 10;

/** Who is refused: client and service label of a caller at an address. */
export interface StaleCaller {
  readonly address: string;
  readonly userAgent: string;
  readonly service: string;
}

/** How bad it is that callers kept a revoked key, in the hour before a tick; null: not enough to be told. */
export function severityOfStale(sources: readonly SourceInHour[], callers: readonly StaleCaller[]): "warning" | null {
  return sumOf(staleAmong(sources, callers), (source) => source.refused) < LEAST_REFUSED ? null : "warning";
}

/** Sources that are refused, and known, and of such callers. */
function staleAmong(sources: readonly SourceInHour[], callers: readonly StaleCaller[]): SourceInHour[] {
  const addresses = new Set(callers.map(({ address }) => address));
  return sources.filter((source) => source.isKnown && source.refused > 0 && addresses.has(source.address));
}

/**
 * Cause `stale_callers`: callers that kept a revoked key. They come from networks and with clients that the key had before its revocation
 * and get nothing but refusals since: an outage that the rotation left behind, not an attack.
 */
export function judgeStaleCallers(
  sources: readonly SourceInHour[],
  callers: readonly StaleCaller[],
  revokedAt: number,
  successor: string,
): RuleVerdict | null {
  const severity = severityOfStale(sources, callers);
  if (severity === null) return null;
  const stale = staleAmong(sources, callers);
  const refused = sumOf(stale, (source) => source.refused);
  const refusedTo = (address: string) =>
    sumOf(
      stale.filter((source) => source.address === address),
      (source) => source.refused,
    );
  const told = callers
    .map((caller) => ({ ...caller, refused: refusedTo(caller.address) }))
    .filter((caller) => caller.refused > 0)
    .toSorted((a, b) => b.refused - a.refused);
  const names = [...new Set(told.map(({ service, userAgent, address }) => service || `${userAgent} at ${address}`))];
  const listed = names.slice(0, 4).join(", ") + (names.length > 4 ? ` and ${names.length - 4} more` : "");
  const to = successor === "" ? "its successor" : successor;
  return {
    severity,
    score: refused / LEAST_REFUSED,
    onset: Math.min(...stale.map(({ firstAt }) => firstAt)),
    what: `${requestsText(refused)} refused in an hour to its own callers, which still use this revoked key: ${listed}`,
    against: `the key was revoked at ${new Date(revokedAt).toISOString().slice(0, 16).replace("T", " ")} UTC; ${networksText(stale)}`,
    cause: "stale_callers",
    statistics: {
      requests: 0,
      refused,
      revoked_at: new Date(revokedAt).toISOString(),
      callers: told.map(({ address, userAgent, service }) => ({ address, user_agent: userAgent, service })),
      ...sourceStatistics(stale),
      what_to_do: `Do not roll back: this is not an attack, and the old key stays revoked. These callers still have it cached: restart or redeploy them with ${to}: ${names.join(", ")}.`,
    },
  };
}

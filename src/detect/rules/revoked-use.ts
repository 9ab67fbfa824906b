import type { RuleVerdict } from "./rule-verdict.js";
import { lastOf, networksText, sourceStatistics, sumOf, type SourceInHour } from "./source-in-hour.js";
import { dollarText, requestsText } from "../../text/amounts.js";

/** How bad the use of a revoked key in the hour before a tick is; null: nobody needs to be told. */
export function severityOfRevokedUse(sources: readonly SourceInHour[]): "critical" | "warning" | null {
  if (sources.some(isServed)) return "critical";
  return sources.some(isStrange) ? "warning" : null;
}

const isServed = ({ requests }: SourceInHour) => requests > 0;
const isStrange = ({ refused, isKnown }: SourceInHour) => refused > 0 && !isKnown;

/**
 * Cause `revoked_use`: requests with a revoked key in the hour before a tick. One that is served is critical: the key still opens doors.
 * Refused ones tell of somebody who has the key where they come from a network that the key never used; from its own networks
 * they are forgotten callers, which are nobody's emergency.
 */
export function judgeRevokedUse(sources: readonly SourceInHour[], revokedAt: number): RuleVerdict | null {
  const severity = severityOfRevokedUse(sources);
  if (severity === null) return null;
  const areServed = severity === "critical";
  const told = sources.filter(areServed ? isServed : isStrange);
  const requests = sumOf(told, (source) => source.requests);
  const refused = sumOf(told, (source) => source.refused);
  const spendMicros = sumOf(told, (source) => source.spendMicros);
  const cost = spendMicros > 0 ? ` (${dollarText(spendMicros)})` : "";
  return {
    severity,
    // One request is the bound.
    score: areServed ? requests : refused,
    onset: Math.min(...told.map(({ firstAt }) => firstAt)),
    what: areServed
      ? `revoked, but ${requestsText(requests)} served in an hour to ${networksText(told)}${cost}`
      : `revoked; ${requestsText(refused)} refused in an hour to ${networksText(told)} that the key never used`,
    against: `the key was revoked at ${new Date(revokedAt).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    cause: "revoked_use",
    statistics: {
      requests,
      refused,
      spend_micros: spendMicros,
      revoked_at: new Date(revokedAt).toISOString(),
      last_at: lastOf(told),
      ...sourceStatistics(told),
    },
  };
}

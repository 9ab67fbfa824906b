import { round6 } from "../../model/round.js";
import type { RuleVerdict } from "./rule-verdict.js";
import { lastOf, networksText, sourceStatistics, sumOf, type SourceInHour } from "./source-in-hour.js";
import { dollarText, requestsText } from "../../text/amounts.js";

/** Fewer in an hour are somebody's laptop without the VPN: worth a look in the morning, not a page. */
const LEAST_REQUESTS = 10;
/** Unless they cost something. */
const LEAST_SPEND_MICROS = 1_000_000;
/** Ten times as much is no slip any more. */
const CRITICAL_FACTOR = 10;

/** From what on service outside allowed networks pages, as cards say it. */
export const OUTSIDE_ALLOWED_BOUND = `${requestsText(LEAST_REQUESTS)} or $${LEAST_SPEND_MICROS / 1e6} in an hour`;

/** How bad it is what was served in the hour before a tick to addresses outside the key's allowed networks; null: not enough to be told. */
export function severityOfOutside(sources: readonly SourceInHour[]): "error" | "critical" | null {
  const { factor } = excessOf(sources);
  if (factor < 1) return null;
  return factor >= CRITICAL_FACTOR ? "critical" : "error";
}

/** Cause `outside_allowed`: what was served in the hour before a tick to addresses outside the key's allowed networks. */
export function judgeOutsideAllowed(
  sources: readonly SourceInHour[],
  allowedCidrs: readonly string[],
): RuleVerdict | null {
  const severity = severityOfOutside(sources);
  if (severity === null) return null;
  const { requests, spendMicros, factor } = excessOf(sources);
  const cost = spendMicros > 0 ? ` (${dollarText(spendMicros)})` : "";
  const listed = allowedCidrs.slice(0, 3).join(", ");
  const more = allowedCidrs.length > 3 ? ` and ${allowedCidrs.length - 3} more` : "";
  return {
    severity,
    score: round6(factor),
    onset: Math.min(...sources.map(({ firstAt }) => firstAt)),
    what: `${requestsText(requests)} served in an hour to ${networksText(sources)} outside its allowed networks${cost}`,
    against: `its allowed networks are ${listed}${more}`,
    cause: "outside_allowed",
    statistics: {
      requests,
      spend_micros: spendMicros,
      allowed_cidrs: allowedCidrs,
      last_at: lastOf(sources),
      ...sourceStatistics(sources),
    },
  };
}

function excessOf(sources: readonly SourceInHour[]) {
  const requests = sumOf(sources, (source) => source.requests);
  const spendMicros = sumOf(sources, (source) => source.spendMicros);
  return { requests, spendMicros, factor: Math.max(requests / LEAST_REQUESTS, spendMicros / LEAST_SPEND_MICROS) };
}

import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { morningText, nextBusinessMorning } from "../../time/business-morning.js";
import { HOUR_MS } from "../../time/day.js";
import { costFigures, type CostFigures } from "./cost-figures.js";
import { bytesText, countedText, countText, dollarText, requestsText } from "../../text/amounts.js";
import type { PageEvidence } from "../evidence.js";
import type { LeakStatistics } from "../../model/finding/leak-statistics.js";

/** Said of what nobody can know where neither events nor the registry say what a request costs. */
const NO_PRICE = "unknown: no request has a price";

/** Requests, bytes and cost since the onset against what was expected, and what it will cost. */
export function amountDetails(finding: Finding, statistics: LeakStatistics, evidence: PageEvidence) {
  const { since_onset: since } = statistics;
  const { usage } = evidence;
  const { expected_requests: expected, expected_spend_micros: usualCost = null } = since;
  const size = usage === null || usage.requestsBefore === 0 ? null : usage.bytesBefore / usage.requestsBefore;
  const costs = costFigures(finding);
  const { new_clients: clients, refused_routes: routes } = "explanation" in statistics ? statistics : {};
  const isOfServed = since.novel_requests > 0 && routes === undefined;
  const ofSources = clients === undefined ? "from new sources" : "by new programs";
  const who = "gateway_requests" in statistics ? "that no caller reports" : ofSources;
  const ofNew = (text: string) => (isOfServed ? `, of which ${text} ${who}` : "");
  const explored =
    routes === undefined
      ? ""
      : `; ${countText(since.novel_requests)} refused on ${countedText(routes, "route")} that never served this key`;
  const { foreign } = "foreign" in statistics ? statistics : {};
  const beside =
    foreign === undefined || foreign.requests === 0
      ? ""
      : `; not among them: ${countText(foreign.requests)}${foreign.spend_micros > 0 ? ` (${dollarText(foreign.spend_micros)})` : ""} from networks that are new to these keys, judged key by key`;
  const about = (text: string | null) =>
    text === null ? "; usual traffic unknown" : `; about ${text} expected in that time`;
  return {
    requests: `${countText(since.requests)} served since the onset${ofNew(countText(since.novel_requests))}${about(expected === null ? null : countText(expected))}${beside}${explored === "" ? unservedText(usage) : explored}`,
    ...(usage === null || usage.bytes === 0
      ? {}
      : {
          bytes: `${bytesText(usage.bytes)} since the onset${about(expected === null || size === null ? null : bytesText(expected * size))}`,
        }),
    ...(costs === null
      ? { cost: NO_PRICE }
      : {
          cost: `${dollarText(since.spend_micros)} since the onset${ofNew(dollarText(since.novel_spend_micros))}${usualCost === null ? "" : about(dollarText(usualCost))}`,
          ...projectedCost(costs, finding.tick),
        }),
  };
}

/** What the limit counts and use does not: requests that were refused or failed. */
function unservedText(usage: PageEvidence["usage"]): string {
  return usage === null || usage.unserved === 0 ? "" : `; ${countText(usage.unserved)} more refused or failed`;
}

/** What it costs if it goes on. What is over costs no more, and of what paused nobody knows until when. */
function projectedCost({ state, perHourMicros: perHour }: CostFigures, tick: number): Record<string, string> {
  if (state === "over") return {};
  const pace = `${dollarText(perHour)} per hour above what is expected`;
  if (state === "paused") return { projected_cost: `if it begins again as it was: ${pace}` };
  const morning = nextBusinessMorning(tick);
  return {
    projected_cost: `${pace}; ${dollarText((perHour * (morning - tick)) / HOUR_MS)} more by ${morningText(morning)}`,
  };
}

/** How close it came to the limit. */
export function limitText(key: KeyVersion | null, { usage }: PageEvidence, finding: Finding, hours: number): string {
  const limit = key?.limitPerMinute ?? null;
  const requests = usage?.requests ?? (finding.cause === "leak" ? finding.statistics.since_onset.requests : 0);
  const rate = `${countText(requests / (hours * 60))}/min on average since the onset${usage !== null && usage.unserved > 0 ? ", refused and failed requests included" : ""}`;
  const most = usage === null ? "" : `, peak ${countText(usage.mostAMinute)}/min`;
  if (limit === null) return `${rate}${most}; limit unknown`;
  const left =
    usage === null
      ? ""
      : usage.mostAMinute >= limit
        ? ": the limit was reached"
        : `: never closer than ${countText(limit - usage.mostAMinute)}/min to its limit`;
  return `${rate}${most}; limit ${countText(limit)}/min${left}`;
}

/** What the key used in all since the onset, where no part of it is blamed by itself. */
export function usageDetails({ usage }: PageEvidence): Record<string, string> {
  if (usage === null) return {};
  const { requests, bytes, spendMicros } = usage;
  const cost = spendMicros > 0 ? `, ${dollarText(spendMicros)}` : "";
  return { usage_since_onset: `${requestsText(requests)}, ${bytesText(bytes)}${cost}, including its normal traffic` };
}

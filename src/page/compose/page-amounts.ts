import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { morningText, nextBusinessMorning } from "../../time/business-morning.js";
import { HOUR_MS } from "../../time/day.js";
import { activityOf } from "./activity-text.js";
import { bytesText, countText, dollarText } from "../../text/amounts.js";
import type { PageEvidence } from "../evidence.js";
import type { LeakStatistics } from "../../model/finding/leak-statistics.js";
import { costOf } from "../../model/finding/finding-statistics.js";

/** Requests, bytes and cost since the onset against what was expected, and what it will cost. */
export function amountDetails(
  finding: Finding,
  statistics: LeakStatistics,
  evidence: PageEvidence,
  hours: number,
) {
  const { since_onset: since } = statistics;
  const each = "spend_per_request" in statistics ? statistics.spend_per_request : 0;
  const { usage } = evidence;
  const expected = since.expected_requests;
  const size = usage === null || usage.requestsBefore === 0 ? null : usage.bytesBefore / usage.requestsBefore;
  const morning = nextBusinessMorning(finding.tick);
  const untilMorning = (morning - finding.tick) / HOUR_MS;
  const perHour =
    "at_risk_micros" in statistics ? statistics.at_risk_micros / untilMorning : costOf(finding) / hours;
  const ofNew = (text: string) => (since.novel_requests > 0 ? `, of which ${text} from new sources` : "");
  const about = (text: string | null) =>
    text === null ? "; nothing is known of what is usual" : `; expected about ${text}`;
  return {
    requests: `${countText(since.requests)}${ofNew(countText(since.novel_requests))}${about(expected === null ? null : countText(expected))}`,
    ...(usage === null || usage.bytes === 0
      ? {}
      : {
          bytes: `${bytesText(usage.bytes)}${about(expected === null || size === null ? null : bytesText(expected * size))}`,
        }),
    cost: `${dollarText(since.spend_micros)}${ofNew(dollarText(since.novel_spend_micros))}${about(expected === null ? null : dollarText(expected * each))}`,
    // What has ended costs no more.
    ...(activityOf(finding)?.is_going_on === false
      ? {}
      : {
          cost_if_it_goes_on: `${dollarText(perHour)} an hour beyond what was expected; ${dollarText(perHour * untilMorning)} more until ${morningText(morning)}`,
        }),
  };
}

/** How close it came to the limit. */
export function limitText(key: KeyVersion | null, { usage }: PageEvidence, finding: Finding, hours: number): string {
  const limit = key?.limitPerMinute ?? null;
  const requests = usage?.requests ?? (finding.cause === "leak" ? finding.statistics.since_onset.requests : 0);
  const rate = `${countText(requests / (hours * 60))} a minute on average since then`;
  const most = usage === null ? "" : `, ${countText(usage.mostAMinute)} at most`;
  if (limit === null) return `${rate}${most}; the limit is not known`;
  const left =
    usage === null
      ? ""
      : usage.mostAMinute >= limit
        ? ": none of it was left"
        : `: ${countText(limit - usage.mostAMinute)} a minute were always left`;
  return `${rate}${most}; limit ${countText(limit)} a minute${left}`;
}

/** What the key used in all since the onset, where no part of it is blamed by itself. */
export function usageDetails({ usage }: PageEvidence): Record<string, string> {
  if (usage === null) return {};
  const { requests, bytes, spendMicros } = usage;
  const cost = spendMicros > 0 ? `, ${dollarText(spendMicros)}` : "";
  return { used_since_then: `${countText(requests)} requests, ${bytesText(bytes)}${cost}, its usual traffic included` };
}

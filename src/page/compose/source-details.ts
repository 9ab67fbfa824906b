import { parsePrefix } from "../../model/network/address.js";
import { networkAround } from "../../model/network/address-cover.js";
import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { Finding } from "../../model/finding/finding.js";
import { describeNetwork } from "../../model/network/describe-network.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import { MINUTE_MS } from "../../time/day.js";
import { firstLines, LINES } from "./first-lines.js";
import { costText, countText, requestsText } from "../../text/amounts.js";
import { minuteOfText, minuteText } from "../../text/clock-text.js";
import type { KeySource, SourceList } from "../../model/finding/evidence.js";
import type { PageEvidence } from "../evidence.js";
import type { LeakStatistics } from "../../model/finding/leak-statistics.js";

/** Said of a part of a page that could not be read. */
export const UNREADABLE = "could not be read when this page was composed: run the query below";

/** Sources that a leak's finding blames, the busiest by themselves. */
export function newSourceTexts(finding: Finding, statistics: LeakStatistics, { networkNames }: PageEvidence): string[] {
  const { new_sources: listed, since_onset: since } = statistics;
  const lines = listed.map((source) => {
    const { address, asn, network_type: type, requests, spend_micros: micros, first_seen: first } = source;
    const network = describeNetwork({ asn, type, name: networkNames.get(address) ?? "" });
    return `${address} ${network}: ${requestsText(requests)}${costText(micros)}, first served ${minuteOfText(first)}`;
  });
  const told = listed.slice(0, LINES).reduce((sum, { requests }) => sum + requests, 0);
  const rest = since.novel_requests - told;
  if (lines.length === 0 && blamedSources(finding).addresses === 0) return ["none"];
  return firstLines(lines, blamedSources(finding).addresses, `addresses: ${requestsText(rest)}${inAll(finding)}`);
}

/** Whose sources these are, and what clients the blamed ones name. */
export function sourceDetails(finding: Finding, { sources }: PageEvidence): Record<string, unknown> {
  if (sources === null) return { other_sources: UNREADABLE };
  const clients = clientTexts(sources.blamed.busiest);
  return {
    other_sources: sourceTexts(sources.others, finding.onset),
    ...(clients.length === 0 ? {} : { clients_of_new_sources: clients }),
  };
}

/** Sources of a list, each with whether it was new to the key since the onset (epoch ms), and how many more there are. */
export function sourceTexts({ busiest, addresses, requests }: SourceList, onset: number): string[] {
  const lines = busiest.map(
    (one) => `${one.address}: ${requestsText(one.requests)}${costText(one.spendMicros)}${newnessOf(one, onset)}`,
  );
  const told = busiest.slice(0, LINES).reduce((sum, one) => sum + one.requests, 0);
  if (addresses === 0) return ["none"];
  return firstLines(lines, addresses, `addresses: ${requestsText(requests - told)}`);
}

/** Clients that some sources name. */
export function clientTexts(sources: readonly KeySource[]): string[] {
  return firstLines([...new Set(sources.flatMap(({ userAgents }) => userAgents))]);
}

function newnessOf({ firstServedAt: at }: KeySource, onset: number): string {
  if (at === null) return ", nothing was served";
  return at < Math.floor(onset / MINUTE_MS) * MINUTE_MS ? "" : `, first used ${minuteText(at)}`;
}

/** In how many networks all blamed addresses are, where that says more than the addresses do. */
function inAll(finding: Finding): string {
  const { networks } = blamedSources(finding);
  const around = new Set((networks ?? []).map((block) => printPrefix(networkAround(parsePrefix(block)!))));
  return around.size === 0 ? "" : `; all are in ${countText(around.size)} network${around.size === 1 ? "" : "s"}`;
}

import { createHash } from "node:crypto";
import { countText, dollarText } from "../detect/evidence.js";
import type { Finding } from "../model/finding.js";
import type { Incident, IncidentTransition } from "../model/incident.js";
import type { KeyVersion } from "../model/key.js";
import { describeNetwork, type NetworkType } from "../model/network-table.js";
import type { Page, PageAction, Severity } from "../model/page.js";
import { toPagerDutyEvent } from "../page/pagerduty-event.js";
import { evidenceParams, type KeySource } from "../store/evidence.js";
import { printQuery } from "../store/sql-files.js";
import { HOUR_MS } from "../time/day.js";
import { rulePageDetails } from "./rules/rule-page.js";

/** What a transition's pages are composed from. */
export interface PageParts {
  readonly transition: IncidentTransition;
  /** The incident before the transition; null when it opens. */
  readonly before: Incident | null;
  readonly finding: Finding | null;
  readonly key: KeyVersion | null;
  readonly baseUrl: string | null;
  /** Sources of the key since the onset, the busiest first; null when they could not be read. */
  readonly evidence: readonly KeySource[] | null;
  /** Names of the new sources' networks by address, as far as they are known. */
  readonly networkNames: ReadonlyMap<string, string>;
}

const SOURCES_IN_PAGE = 5;

/**
 * The events that a transition sends: a trigger or a resolve. PagerDuty does not notify again on a key it knows, so a notice that
 * becomes a page is triggered under a new key, and the notice is resolved after it.
 */
export function pagesFor(parts: PageParts): readonly Page[] {
  const { transition, before } = parts;
  if (transition.kind === "resolved") return [pageOf(parts, "resolve", transition.severity)];
  const trigger = pageOf(parts, "trigger", transition.severity);
  const wakes = before !== null && before.open && !isPage(before.severity) && isPage(transition.severity);
  return wakes ? [trigger, pageOf(parts, "resolve", before.severity)] : [trigger];
}

/** One sentence for people: what was found, or that nothing was for a day. */
export function summaryOf({ finding, key, transition }: Pick<PageParts, "finding" | "key" | "transition">): string {
  return finding?.summary ?? `${key?.display || transition.keyId}: clean for a day`;
}

/** Whether it wakes a human. */
export function isPage(severity: Severity): boolean {
  return severity === "critical" || severity === "error";
}

function pageOf(parts: PageParts, action: PageAction, severity: Severity): Page {
  const { transition, key, baseUrl } = parts;
  const { incidentId, keyId, sequence } = transition;
  const dedupKey = dedupKeyOf(incidentId, severity);
  const incidentUrl =
    baseUrl === null ? null : new URL(`incidents/${encodeURIComponent(incidentId)}`, withSlash(baseUrl)).href;
  const body = toPagerDutyEvent({
    action,
    dedupKey,
    summary: summaryOf(parts),
    source: keyId,
    severity,
    at: transition.at,
    component: key?.service ?? "",
    group: key?.environment ?? "",
    class: transition.cause,
    customDetails:
      parts.finding === null ? {} : { ...detailsOf(parts, parts.finding), ...reproductionOf(parts, parts.finding) },
    links: [
      ...(incidentUrl === null ? [] : [{ href: incidentUrl, text: "Incident: evidence and SQL" }]),
      ...(key?.runbookUrl ? [{ href: key.runbookUrl, text: "Runbook" }] : []),
    ],
    client: "Plimsoll",
    ...(baseUrl === null ? {} : { clientUrl: baseUrl }),
  });
  return { pageId: `${incidentId}/${sequence}/${action}`, incidentId, keyId, action, dedupKey, severity, body };
}

/** One key per incident and kind of alarm. Long key ids are hashed: PagerDuty takes 255 characters. */
export function dedupKeyOf(incidentId: string, severity: Severity): string {
  const readable = `plimsoll/${incidentId}/${isPage(severity) ? "page" : "notice"}`;
  return readable.length <= 255 ? readable : `plimsoll/${createHash("sha256").update(readable).digest("hex")}`;
}

/** What an analyst needs to look for themselves. */
function reproductionOf({ transition }: PageParts, finding: Finding): Record<string, unknown> {
  const { keyId, observedBy, onset, tick, asOf } = finding;
  return {
    judged: `${finding.findingId} as of ${new Date(asOf).toISOString()}`,
    incident: transition.incidentId,
    query: printQuery("key-sources-since", evidenceParams({ keyId, observedBy, from: onset, to: tick, asOf })),
  };
}

function detailsOf({ key, evidence, networkNames }: PageParts, finding: Finding): Record<string, unknown> {
  if (finding.cause !== "leak") return rulePageDetails(finding, key, evidence);
  const statistics = finding.statistics as {
    since_onset: {
      requests: number;
      expected_requests: number | null;
      spend_micros: number;
      novel_requests: number;
      novel_spend_micros: number;
    };
    new_sources: {
      address: string;
      asn: number;
      network_type: NetworkType | "unknown";
      first_seen: string;
      requests: number;
      spend_micros: number;
    }[];
    expected_once_in_key_days: number;
    explanation?: string;
  };
  const since = statistics.since_onset;
  const hours = Math.max((finding.tick - finding.onset) / HOUR_MS, 1 / 60);
  const isNew = new Set(statistics.new_sources.map((source) => source.address));
  return {
    key: `${key?.display || finding.keyId} (${finding.keyId})`,
    owner: key?.owner || "nobody is on file as its owner",
    service: key?.service ?? "",
    since: `${new Date(finding.onset).toISOString()} (${Math.round(hours * 60)} minutes before this check)`,
    what_changed: finding.signals.map((signal) => `${signal.name}: ${signal.summary}`),
    requests_since_then: `${countText(since.requests)}, of which ${countText(since.novel_requests)} from new sources; expected about ${
      since.expected_requests === null ? "nothing known" : countText(since.expected_requests)
    }`,
    cost_so_far: `${dollarText(since.spend_micros)}, of which ${dollarText(since.novel_spend_micros)} from new sources`,
    cost_per_hour: dollarText(since.spend_micros / hours),
    limit: limitText(key, finding, since.requests, hours),
    new_sources: statistics.new_sources.map(
      (s) =>
        `${s.address} ${describeNetwork({ asn: s.asn, type: s.network_type, name: networkNames.get(s.address) ?? "" })}: ${countText(s.requests)} requests, ${dollarText(s.spend_micros)}, first seen ${s.first_seen}`,
    ),
    ...sourcesText(evidence, isNew),
    ...(statistics.explanation === undefined ? {} : { in_short: statistics.explanation }),
    how_sure: `score ${finding.score.toFixed(1)}: legitimate traffic looks like this once in ${countText(statistics.expected_once_in_key_days)} key-days`,
    what_to_do: whatToDo(key),
  };
}

function sourcesText(evidence: PageParts["evidence"], isNew: ReadonlySet<string>): Record<string, unknown> {
  if (evidence === null) return { known_sources: "could not be read when this page was written: run the query below" };
  const newcomers = evidence.filter((source) => isNew.has(source.address));
  return {
    known_sources: evidence
      .filter((source) => !isNew.has(source.address))
      .slice(0, SOURCES_IN_PAGE)
      .map((source) => `${source.address}: ${countText(source.requests)} requests, ${dollarText(source.spendMicros)}`),
    clients_of_new_sources: [...new Set(newcomers.flatMap((source) => source.userAgents))].slice(0, SOURCES_IN_PAGE),
  };
}

function limitText(key: KeyVersion | null, finding: Finding, requests: number, hours: number): string {
  const limit = key?.limitPerMinute ?? null;
  const rate = `${countText(requests / (hours * 60))} a minute on average since ${new Date(finding.onset).toISOString().slice(11, 16)} UTC`;
  return limit === null ? `${rate}; the limit is not known` : `${rate}, limit ${countText(limit)} a minute`;
}

function whatToDo(key: KeyVersion | null): string {
  const whom = key?.owner ? `Ask ${key.owner}` : "Ask the key's owner";
  return `${whom} whether they started this. If not: issue a new key, move the callers, revoke this one; then look at what was done with it.`;
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

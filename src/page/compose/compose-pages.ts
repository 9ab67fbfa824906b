import { createHash } from "node:crypto";
import { isOfItself, type Finding } from "../../model/finding/finding.js";
import type { Incident, IncidentTransition, TransitionReason } from "../../model/incident/incident.js";
import { versionIn, type KeyVersion } from "../../model/key/key.js";
import { isPage, type AlertAction, type NotificationKind, type Page } from "../../model/incident/page.js";
import { suggestCommand } from "../../text/shell-quote.js";
import { toPagerDutyEvent } from "../pagerduty-event.js";
import { findingDetails } from "./finding-details.js";
import { pageSummary } from "./page-summary.js";
import { stepSummary } from "./step-summary.js";
import { minuteText } from "../../text/clock-text.js";
import type { PageEvidence } from "../evidence.js";
import { toldAgain } from "./told-again.js";

/** What a transition's pages are composed from. */
export interface PageParts {
  readonly transition: IncidentTransition;
  /** The incident before the transition; null when it opens. */
  readonly before: Incident | null;
  readonly finding: Finding | null;
  /** Every key as it was known at that instant. */
  readonly registry: ReadonlyMap<string, KeyVersion>;
  readonly baseUrl: string | null;
  readonly evidence: PageEvidence;
  /** The query behind the finding as an analyst runs it; null where there is none. */
  readonly query: string | null;
  /** Which integration it goes to: that of the incident's first page, as only that one can end it. */
  readonly routingRef: string | null;
  /** Whether PagerDuty is brought up to date between notifications. Only where it tells what people resolve: an update would open that anew. */
  readonly sendUpdates: boolean;
  /** False where only what notifies anybody is of interest, and no detail. */
  readonly isLive: boolean;
}

/** After the newest notification, and after what is said when that is refused. */
const FORMER_PLACE = 2;
/** What a step of a containment says that on-call has to know wherever they look. */
const TOLD_EVERYWHERE: ReadonlySet<TransitionReason> = new Set<TransitionReason>([
  "not_effective",
  "requested_automatically",
]);

/**
 * The events that a transition sends. PagerDuty does not notify again on a dedup key that it knows, so each notification has one of
 * its own: the new one is triggered, then the former is resolved, so that there is always one and in the end only one.
 */
export function pagesFor(parts: PageParts): readonly Page[] {
  const { transition } = parts;
  // PagerDuty knows what it has told us.
  if (transition.person !== null && transition.person.eventId !== null) return [];
  switch (transition.kind) {
    case "opened":
    case "reopened":
      return [pageOf(parts, "trigger", transition, 0)];
    case "escalated":
      return [pageOf(parts, "trigger", transition, 0), ...formerOf(parts, "resolve")];
    case "resolved":
      // Once more, in case the last notification never arrived and the former one was left open for that.
      return [pageOf(parts, "resolve", transition, 0), ...(parts.isLive ? formerOf(parts, "resolve-former") : [])];
    case "acknowledged":
      return [pageOf(parts, "acknowledge", transition, 0)];
    case "updated":
      return parts.sendUpdates && isPage(transition.told.severity) ? [pageOf(parts, "trigger", transition, 0)] : [];
    case "containment":
      return isContainmentTold(parts) ? [pageOf(parts, "trigger", transition, 0)] : [];
    default:
      return [];
  }
}

/**
 * Whether PagerDuty is told of a step of a containment: as of any update. That unknown sources are still served, and that no person asked for it, on-call has
 * to know wherever they look; it opens nothing that is over here.
 */
function isContainmentTold({ transition, before, finding, sendUpdates }: PageParts): boolean {
  if (before?.open !== true || finding === null || !isPage(transition.told.severity)) return false;
  return sendUpdates || TOLD_EVERYWHERE.has(transition.reason);
}

/** The end of the notification before the newest one. */
function formerOf(parts: PageParts, name: string): Page[] {
  const { transition, before } = parts;
  if (before === null || transition.episode < 2) return [];
  return [pageOf(parts, "resolve", { episode: transition.episode - 1, told: before.told }, FORMER_PLACE, name)];
}

/** The event for one notification of an incident: before an escalation that is the former one. */
function pageOf(
  parts: PageParts,
  action: AlertAction,
  { episode, told }: Pick<Incident, "episode" | "told">,
  place: number,
  name: string = action,
): Page {
  const { transition, registry, baseUrl } = parts;
  // What was found is told by what begins or goes on.
  const finding = action === "trigger" ? parts.finding : null;
  const key = versionIn(registry, transition.keyId);
  const { incidentId, keyId, sequence } = transition;
  const severity = action === "trigger" ? transition.severity : told.severity;
  const dedupKey = dedupKeyOf(incidentId, episode);
  const urlOf = (way: string) => (baseUrl === null ? null : new URL(way, withSlash(baseUrl)).href);
  const incidentUrl = urlOf(`incidents/${encodeURIComponent(incidentId)}`);
  const investigationUrl = keyId === null ? null : urlOf(`keys/${encodeURIComponent(keyId)}/dossier`);
  const body = toPagerDutyEvent({
    action,
    dedupKey,
    notification: place === FORMER_PLACE ? "superseded" : kindOf(transition, action),
    owners: ownersOf(parts),
    summary: finding === null ? stepSummary(transition, registry) : pageSummary(finding),
    source: keyId || "plimsoll",
    severity,
    at: transition.at,
    component: key?.service ?? "",
    group: key?.environment ?? "",
    class: transition.cause,
    customDetails: finding === null ? {} : { ...detailsOf(parts, finding), ...reproductionOf(parts, finding) },
    links: [
      ...(incidentUrl === null ? [] : [{ href: incidentUrl, text: "Incident: evidence and SQL" }]),
      ...(investigationUrl === null
        ? []
        : [{ href: investigationUrl, text: "Investigate: what was done with this key" }]),
      ...(key?.runbookUrl ? [{ href: key.runbookUrl, text: "Runbook" }] : []),
    ],
    client: "Plimsoll",
    ...(baseUrl === null ? {} : { clientUrl: baseUrl }),
  });
  return {
    pageId: `${incidentId}/${sequence}/${name}`,
    topic: isOfItself(transition.cause) ? "plimsoll" : "incident",
    isMinimal: false,
    incidentId,
    keyId,
    action,
    dedupKey,
    severity,
    step: sequence,
    place,
    routingRef: parts.routingRef,
    body,
  };
}

function kindOf({ kind }: IncidentTransition, action: AlertAction): NotificationKind {
  if (action !== "trigger") return action === "resolve" ? "resolved" : "acknowledged";
  return kind === "opened" || kind === "reopened" || kind === "escalated" ? kind : "updated";
}

/** Those of the keys that it names; none of what is about Plimsoll itself. */
function ownersOf({ transition: { keyId, keys }, registry }: PageParts): readonly string[] {
  const named = keyId === null ? keys : [keyId, ...keys];
  return [...new Set(named.map((one) => versionIn(registry, one)?.owner ?? "").filter((owner) => owner !== ""))];
}

/** One key per incident and notification. Long key ids are hashed: PagerDuty takes 255 characters. */
function dedupKeyOf(incidentId: string, episode: number): string {
  const readable = `plimsoll/${incidentId}/${episode}`;
  return readable.length <= 255 ? readable : `plimsoll/${createHash("sha256").update(readable).digest("hex")}`;
}

/** What an analyst needs to look for themselves. */
function reproductionOf({ transition, query }: PageParts, finding: Finding): Record<string, unknown> {
  const { keyId } = finding;
  const looks = { incident: transition.incidentId, see: suggestCommand("incidents show", transition.incidentId) };
  if (keyId === null) return looks;
  return {
    ...looks,
    finding: `${finding.findingId} as of ${minuteText(finding.asOf)}`,
    query: query ?? "",
  };
}

function detailsOf({ registry, evidence, transition, before }: PageParts, finding: Finding): Record<string, unknown> {
  const containment = transition.containment?.text ?? before?.containment ?? "";
  return {
    ...toldAgain(transition, before),
    ...(containment === "" ? {} : { containment }),
    ...findingDetails(finding, registry, evidence),
  };
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

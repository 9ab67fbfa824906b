import type { Incident, IncidentTransition } from "../model/incident/incident.js";
import { isPage, SEVERITY_RANK } from "../model/incident/page.js";

/**
 * State after the transitions of one incident, in any order, with repeats and from several writers. Of those that share a
 * sequence number the first in a total order counts; after a resolution only a reopening and what people add.
 */
export function foldIncident(transitions: readonly IncidentTransition[], lastFindingAt: number): Incident | null {
  let incident: Incident | null = null;
  for (const transition of transitions.toSorted(compareTransitions)) {
    if (applies(incident, transition)) incident = advance(incident, transition, lastFindingAt);
  }
  return incident;
}

/** State of an incident after one more transition. */
export function advance(before: Incident | null, transition: IncidentTransition, lastFindingAt: number): Incident {
  const {
    incidentId,
    keyId,
    cause,
    subject,
    at,
    kind,
    severity,
    sequence,
    episode,
    told,
    onsetAt,
    loss,
    keys,
    person,
  } = transition;
  const known = before !== null && before.incidentId === incidentId ? before : null;
  const isOpening = kind === "opened" || kind === "reopened";
  const open = kind === "resolved" ? false : isOpening || (known?.open ?? true);
  const notified = isOpening || kind === "escalated" || kind === "unacknowledged";
  return {
    incidentId,
    keyId,
    cause,
    subject,
    openedAt: known?.openedAt ?? at,
    changedAt: open || kind === "resolved" ? at : (known?.changedAt ?? at),
    severity,
    sequence,
    episode,
    open,
    quiet: kind === "quieted" || (known?.quiet === true && person !== null),
    endedBy: kind === "resolved" ? transition.reason : open ? null : (known?.endedBy ?? null),
    told,
    wasPage: (known?.wasPage ?? false) || isPage(told.severity),
    onsetAt,
    loss,
    keys,
    acknowledgedBy: kind === "acknowledged" ? person?.actor || null : notified ? null : (known?.acknowledgedBy ?? null),
    verdict: person?.verdict ?? (isOpening ? null : (known?.verdict ?? null)),
    containment: transition.containment?.text ?? known?.containment ?? "",
    lastFindingAt,
  };
}

/** Steps that say something, and change nothing about whether it is open. */
const WORDS: ReadonlySet<IncidentTransition["kind"]> = new Set(["noted", "linked", "reassigned", "containment"]);

function applies(incident: Incident | null, { sequence, kind }: IncidentTransition): boolean {
  if (incident === null) return true;
  if (sequence <= incident.sequence) return false;
  return incident.open ? kind !== "reopened" : kind === "reopened" || WORDS.has(kind);
}

function compareTransitions(a: IncidentTransition, b: IncidentTransition): number {
  return (
    a.sequence - b.sequence ||
    a.at - b.at ||
    SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] ||
    compareTexts(orderText(a), orderText(b))
  );
}

const compareTexts = (one: string, other: string) => Number(one > other) - Number(one < other);

function orderText(transition: IncidentTransition): string {
  return JSON.stringify(transition, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

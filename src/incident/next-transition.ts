import type { Finding } from "../model/finding.js";
import { SUSPICION_MS, type Incident, type IncidentTransition } from "../model/incident.js";
import type { Severity } from "../model/page.js";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2, critical: 3 };

/** What a finding does to the incident of its key and cause (null: there is none open). Null: nothing changes. */
export function onFinding(incident: Incident | null, finding: Finding): IncidentTransition | null {
  const common = {
    keyId: finding.keyId,
    cause: finding.cause,
    at: finding.tick,
    severity: finding.severity,
    findingId: finding.findingId,
  };
  if (incident === null || !incident.open) {
    return { ...common, incidentId: incidentIdOf(finding), sequence: 1, kind: "opened", reason: "first_finding" };
  }
  // A late check may judge a minute from before the incident: that changes nothing about how bad it is now.
  if (finding.tick < incident.openedAt) return null;
  if (RANK[finding.severity] <= RANK[incident.severity]) return null;
  const { incidentId, sequence } = incident;
  return { ...common, incidentId, sequence: sequence + 1, kind: "escalated", reason: "worse_severity" };
}

/** What the passing of time does to an open incident, seen at a tick (epoch ms). Null: nothing changes. */
export function onTick(incident: Incident, tick: number): IncidentTransition | null {
  if (!incident.open || tick - incident.lastFindingAt < SUSPICION_MS) return null;
  const { incidentId, sequence, keyId, cause, severity } = incident;
  return {
    incidentId,
    sequence: sequence + 1,
    at: tick,
    keyId,
    cause,
    kind: "resolved",
    reason: "clean_for_a_day",
    severity,
    findingId: "",
  };
}

/**
 * State after the transitions of one incident, in any order, with repeats and from several writers. Of those that share a
 * sequence number the first in a total order counts, and after a resolution none.
 */
export function foldIncident(transitions: readonly IncidentTransition[], lastFindingAt: number): Incident | null {
  let incident: Incident | null = null;
  for (const transition of transitions.toSorted(compareTransitions)) {
    const applies = incident === null || (incident.open && transition.sequence > incident.sequence);
    if (applies) incident = advance(incident, transition, lastFindingAt);
  }
  return incident;
}

function compareTransitions(a: IncidentTransition, b: IncidentTransition): number {
  const [one, other] = [JSON.stringify(a, orderOfFields), JSON.stringify(b, orderOfFields)];
  return (
    a.sequence - b.sequence ||
    a.at - b.at ||
    RANK[b.severity] - RANK[a.severity] ||
    Number(one > other) - Number(one < other)
  );
}

const orderOfFields = ["kind", "reason", "findingId", "keyId", "cause", "incidentId"];

/** State of an incident after one more transition. */
export function advance(incident: Incident | null, transition: IncidentTransition, lastFindingAt: number): Incident {
  return {
    incidentId: transition.incidentId,
    keyId: transition.keyId,
    cause: transition.cause,
    openedAt: incident !== null && incident.incidentId === transition.incidentId ? incident.openedAt : transition.at,
    severity: transition.severity,
    sequence: transition.sequence,
    open: transition.kind !== "resolved",
    lastFindingAt,
  };
}

/** An incident's id says what it is about and when it began; the same check makes the same id. */
function incidentIdOf(finding: Finding): string {
  const opened = new Date(finding.tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return `${finding.cause}/${encodeURIComponent(finding.keyId)}/${opened}`;
}

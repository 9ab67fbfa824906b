import { isOfItself, type Cause, type Finding } from "../model/finding/finding.js";
import { subjectOf } from "../model/finding/finding-subject.js";
import {
  SUSPICION_MS,
  type Incident,
  type IncidentTransition,
  type LastNotification,
  type TransitionKind,
  type TransitionReason,
} from "../model/incident/incident.js";
import { isPage, SEVERITY_RANK, type Severity } from "../model/incident/page.js";
import { goesOnAfter, isBeyondExpected, weightySignals } from "./weigh-evidence.js";
import { firstOnset, isTenfold, nextLoss } from "./first-onset.js";
import { keysOf } from "../model/finding/finding-statistics.js";

/** On-call who was just told looks at it now: what gets worse meanwhile is shown at once, and notified of after this. */
const NOTIFY_AGAIN_MS = 3_600_000;
/** An incident that goes on is brought up to date this often; one without a finding for so long is quiet. */
const HOUR_MS = 3_600_000;
/** An attacker who comes back within a week is the same incident. */
export const REOPEN_MS = 7 * 24 * 3_600_000;
/** What Plimsoll says of itself is over as soon as it is: five minutes bridge a flapping connection. */
const HEALTHY_MS = 5 * 60_000;

/** What is looked at once a day must be missed twice before it is over. */
const AUDITED_MS = 2 * SUSPICION_MS;
const AUDITED: ReadonlySet<Cause> = new Set<Cause>(["rotation_due", "scope", "public_key"]);
/** How severe it is says only how many requests it was, which on-call expects to grow. */
const COUNTED: ReadonlySet<Cause> = new Set<Cause>(["outside_allowed"]);

/** What a finding does to the newest incident of its subject and cause (null: there was none within a week). Null: nothing changes. */
export function onFinding(incident: Incident | null, finding: Finding): IncidentTransition | null {
  if (incident === null) return opened(finding);
  if (!incident.open) return onFindingAfterwards(incident, finding);
  // A late check may judge a minute from before the incident: that changes nothing about how bad it is now.
  if (finding.tick < incident.openedAt) return null;
  const worse = SEVERITY_RANK[finding.severity] > SEVERITY_RANK[incident.severity];
  if (worse && isPage(finding.severity) && !isPage(incident.severity))
    return notify(incident, finding, "worse_severity");
  const reason = reasonToNotify(incident, finding);
  // A notice wakes nobody, so that there is nothing to spare them.
  const mayTell = !isPage(incident.severity) || finding.tick - incident.told.at >= NOTIFY_AGAIN_MS;
  if (reason !== null && mayTell) return notify(incident, finding, reason);
  if (worse) return update(incident, finding, "worse_severity");
  if (keysOf(finding).some((key) => !incident.keys.includes(key))) return update(incident, finding, "more_keys");
  if (incident.quiet && finding.tick > incident.changedAt) return update(incident, finding, "found_again");
  const isDue = isPage(incident.severity) && finding.tick - incident.changedAt >= HOUR_MS;
  return isDue ? update(incident, finding, "still_going") : null;
}

/** What the passing of time does to an open incident, seen at a tick (epoch ms). Null: nothing changes. */
export function onTick(incident: Incident, tick: number): IncidentTransition | null {
  if (!incident.open) return null;
  const cleanMs = tick - incident.lastFindingAt;
  const ofItself = isOfItself(incident.cause);
  if (cleanMs >= (ofItself ? HEALTHY_MS : AUDITED.has(incident.cause) ? AUDITED_MS : SUSPICION_MS)) {
    return follow(incident, tick, "resolved", ofItself ? "healthy_again" : "clean_for_a_day");
  }
  return cleanMs >= HOUR_MS && !incident.quiet ? follow(incident, tick, "quieted", "no_finding_for_an_hour") : null;
}

/** The end of an open incident whose key another incident names among others. */
export function onFold(incident: Incident, into: string, tick: number): IncidentTransition {
  return { ...follow(incident, tick, "resolved", "folded"), into };
}

/** The step after the last one, with everything as it was. */
export function follow(
  incident: Incident,
  at: number,
  kind: TransitionKind,
  reason: TransitionReason,
): IncidentTransition {
  const { incidentId, keyId, cause, subject, severity, episode, told, onsetAt, loss, keys } = incident;
  const same = { incidentId, keyId, cause, subject, severity, episode, told, onsetAt, loss, keys };
  return { ...same, sequence: incident.sequence + 1, at, kind, reason, findingId: null, into: null, person: null };
}

function opened(finding: Finding): IncidentTransition {
  const { keyId, cause, tick, severity, findingId, subject } = finding;
  return {
    incidentId: incidentIdOf(finding),
    sequence: 1,
    at: tick,
    keyId,
    cause,
    subject,
    kind: "opened",
    reason: "first_finding",
    severity,
    findingId,
    episode: 1,
    told: toldOf(null, finding, severity),
    onsetAt: finding.onset,
    loss: nextLoss(null, finding),
    keys: keysOf(finding),
    into: null,
    person: null,
  };
}

/** A finding on an incident that is over: what came late says nothing new, and what a person has dealt with is left to them for a while. */
function onFindingAfterwards(incident: Incident, finding: Finding): IncidentTransition | null {
  if (finding.tick <= incident.changedAt) return null;
  if (incident.endedBy === "by_person" && !goesOnAfter(finding, incident.changedAt)) return null;
  // Findings that people expected do not come here: this one has a source that nobody expected.
  if (incident.endedBy === "expected" && !isBeyondExpected(finding, incident.changedAt)) return null;
  if (finding.tick - incident.changedAt > REOPEN_MS) return opened(finding);
  const step = { ...follow(incident, finding.tick, "reopened", "found_again"), ...sinceThen(incident, finding) };
  const { severity, findingId } = finding;
  return { ...step, severity, findingId, episode: incident.episode + 1, told: toldOf(incident, finding, severity) };
}

/** Why on-call should hear of it again; null when the finding is no worse than what they were told. */
function reasonToNotify(incident: Incident, finding: Finding): TransitionReason | null {
  const { severity, told, cause } = incident;
  const isNews = weightySignals(finding).some((signal) => !told.signals.includes(signal));
  // Of a key's rules each is told, but a mere notice not by a page.
  if (cause === "rule" && isNews && isPage(finding.severity) === isPage(severity)) return "new_evidence";
  if (!isPage(severity)) return null;
  const isWorse = Math.max(SEVERITY_RANK[severity], SEVERITY_RANK[finding.severity]) > SEVERITY_RANK[told.severity];
  if (isWorse && !COUNTED.has(cause)) return "worse_severity";
  if (isNews && cause !== "rule") return "new_evidence";
  return isTenfold(nextLoss(incident, finding).micros, told.costMicros) ? "higher_cost" : null;
}

function notify(incident: Incident, finding: Finding, reason: TransitionReason): IncidentTransition {
  const step = update(incident, finding, reason);
  const told = toldOf(incident, finding, step.severity);
  return { ...step, kind: "escalated", episode: incident.episode + 1, told };
}

function update(incident: Incident, finding: Finding, reason: TransitionReason): IncidentTransition {
  const isWorse = SEVERITY_RANK[finding.severity] > SEVERITY_RANK[incident.severity];
  return {
    ...follow(incident, finding.tick, "updated", reason),
    ...sinceThen(incident, finding),
    severity: isWorse ? finding.severity : incident.severity,
    findingId: finding.findingId,
    keys: [...new Set([...incident.keys, ...keysOf(finding)])],
  };
}

function toldOf(incident: Incident | null, finding: Finding, severity: Severity): LastNotification {
  return {
    at: finding.tick,
    severity,
    signals: [...new Set([...(incident?.told.signals ?? []), ...weightySignals(finding)])].toSorted(),
    costMicros: Math.max(incident?.told.costMicros ?? 0, nextLoss(incident, finding).micros),
  };
}

/** Since when an incident goes on with one more finding, and what it has cost since then. */
function sinceThen(incident: Incident, finding: Finding): Pick<Incident, "onsetAt" | "loss"> {
  return { onsetAt: firstOnset(incident, finding), loss: nextLoss(incident, finding) };
}

/** An incident's id says what it is about and when it began; the same check makes the same id. */
function incidentIdOf(finding: Finding): string {
  const began = new Date(finding.tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return `${finding.cause}/${subjectOf(finding)}/${began}`;
}

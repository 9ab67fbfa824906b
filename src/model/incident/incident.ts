import type { Cause } from "../finding/finding.js";
import type { FindingSubject } from "../finding/finding-subject.js";
import type { ContainmentNote } from "./containment.js";
import type { Severity } from "./page.js";

/** A key stays under suspicion until it was clean for a day (ms): an attacker who pauses must neither close an incident nor teach. */
export const SUSPICION_MS = 24 * 3_600_000;

/** What a step in the life of an incident does: see src/incident/next-transition.ts for the table. */
export const TRANSITION_KINDS = [
  "opened",
  "reopened",
  "escalated",
  "updated",
  "quieted",
  "acknowledged",
  "unacknowledged",
  "noted",
  "reassigned",
  "linked",
  "containment",
  "resolved",
] as const;
export type TransitionKind = (typeof TRANSITION_KINDS)[number];

/** What a step of a containment says: it was asked for, or would have been, the guard took or refused it, what it came to, and its end. */
export const CONTAINMENT_REASONS = [
  "requested",
  "requested_automatically",
  "would_contain",
  "accepted",
  "refused",
  "effective",
  "not_effective",
  "not_evaluated",
  "undo_requested",
  "expired",
  "judged_benign",
  "replaced",
  "undone",
  "undo_refused",
] as const;
export type ContainmentReason = (typeof CONTAINMENT_REASONS)[number];

/** Why, by name. */
export const TRANSITION_REASONS = [
  "first_finding",
  "found_again",
  "worse_severity",
  "new_evidence",
  "higher_cost",
  "more_keys",
  "still_going",
  "no_finding_for_an_hour",
  "clean_for_a_day",
  "healthy_again",
  "folded",
  "by_person",
  "expected",
  ...CONTAINMENT_REASONS,
] as const;
export type TransitionReason = (typeof TRANSITION_REASONS)[number];

/** What a person said an incident was. */
export const INCIDENT_VERDICTS = ["leak", "benign"] as const;
export type IncidentVerdict = (typeof INCIDENT_VERDICTS)[number];

/** What on-call was told when they were last notified. */
export interface LastNotification {
  /** Tick (epoch ms) at which they were notified. */
  readonly at: number;
  readonly severity: Severity;
  /** Kinds of evidence that carried weight; of fixed rules, which ones. */
  readonly signals: readonly string[];
  /** Cost beyond what was expected, in millionths of a dollar; the highest so far. */
  readonly costMicros: number;
}

/** What an incident has cost beyond what was expected, in millionths of a dollar, and up to which instant (epoch ms) that is counted. */
export interface Loss {
  readonly micros: number;
  readonly until: number;
}

/** What people do to an incident, here or in PagerDuty. */
export type IncidentAction =
  | "acknowledge"
  | "unacknowledge"
  | "resolve"
  | "expect"
  | "reopen"
  | "note"
  | "reassign"
  | "link";

/** Who did a step that no check did, and what they said. */
export interface PersonsWord {
  readonly actor: string;
  readonly note: string;
  readonly verdict: IncidentVerdict | null;
  /** Id of PagerDuty's event, by which a repeat is known; null from here. */
  readonly eventId: string | null;
  /** Address of the incident in PagerDuty. */
  readonly url: string | null;
}

/** One step in the life of an incident, appended and never changed. */
export interface IncidentTransition {
  readonly incidentId: string;
  /** Position in the incident's life, from 1: of two writers of one position the first is stored, and the other reads again. */
  readonly sequence: number;
  /** Epoch ms of the instant that the transition speaks of: a tick, or when a person acted. */
  readonly at: number;
  /** Null where it is about no key, or about several. */
  readonly keyId: string | null;
  readonly cause: Cause;
  /** What it is about, where that is not just the key: see Finding.subject. */
  readonly subject: FindingSubject | null;
  readonly kind: TransitionKind;
  readonly reason: TransitionReason;
  /** Severity from here on: the worst so far. */
  readonly severity: Severity;
  /** The finding behind it. */
  readonly findingId: string | null;
  /** Notifications so far, from 1: PagerDuty notifies once for each, since each has a dedup key of its own. */
  readonly episode: number;
  readonly told: LastNotification;
  /** Since when it goes on, epoch ms: the first onset of its findings. */
  readonly onsetAt: number;
  /** Since that onset, as far as its findings tell. */
  readonly loss: Loss;
  /** Keys that the incident names, where it is about several. */
  readonly keys: readonly string[];
  /** Incident that this one was folded into. */
  readonly into: string | null;
  readonly person: PersonsWord | null;
  /** What it says of a containment. */
  readonly containment?: ContainmentNote;
}

/** State of an incident: the fold of its transitions. */
export interface Incident {
  readonly incidentId: string;
  readonly keyId: string | null;
  readonly cause: Cause;
  readonly subject: FindingSubject | null;
  readonly openedAt: number;
  /** Instant (epoch ms) of the newest transition. */
  readonly changedAt: number;
  readonly severity: Severity;
  readonly sequence: number;
  readonly episode: number;
  readonly open: boolean;
  /** Nothing was found for an hour. */
  readonly quiet: boolean;
  /** Why it was resolved; null while it is open. */
  readonly endedBy: TransitionReason | null;
  readonly told: LastNotification;
  /** Whether on-call was ever paged about it: until then it was a notice. */
  readonly wasPage: boolean;
  /** Since when it goes on, epoch ms: the first onset of its findings. */
  readonly onsetAt: number;
  readonly loss: Loss;
  readonly keys: readonly string[];
  readonly acknowledgedBy: string | null;
  readonly verdict: IncidentVerdict | null;
  /** What was said last of its containments; empty where there are none. */
  readonly containment: string;
  /** Tick of the newest finding of this subject and cause; epoch ms. */
  readonly lastFindingAt: number;
}

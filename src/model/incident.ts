import type { Cause } from "./finding.js";
import type { Severity } from "./page.js";

/** A key stays under suspicion until it was clean for a day (ms): a thief who pauses must neither close an incident nor teach. */
export const SUSPICION_MS = 24 * 3_600_000;

/** One step in the life of an incident, appended and never changed. */
export interface IncidentTransition {
  readonly incidentId: string;
  /** Position in the incident's life, from 1. */
  readonly sequence: number;
  /** Epoch ms of the instant that the transition speaks of: a tick. */
  readonly at: number;
  readonly keyId: string;
  readonly cause: Cause;
  readonly kind: "opened" | "escalated" | "resolved";
  readonly reason: "first_finding" | "worse_severity" | "clean_for_a_day";
  readonly severity: Severity;
  /** The finding behind it, or "". */
  readonly findingId: string;
}

/** State of an incident: the fold of its transitions. */
export interface Incident {
  readonly incidentId: string;
  readonly keyId: string;
  readonly cause: Cause;
  readonly openedAt: number;
  readonly severity: Severity;
  readonly sequence: number;
  readonly open: boolean;
  /** Tick of the newest finding of this key and cause; epoch ms. */
  readonly lastFindingAt: number;
}

import { SEVERITY_RANK, type Severity } from "../incident/page.js";

/** What says which of two incidents people should look at first. */
export interface Gravity {
  readonly severity: Severity;
  /** In the units of thresholds; 0 where nothing was scored. */
  readonly score: number;
  /** Cost beyond what was expected so far, in millionths of a dollar. */
  readonly lossMicros: number;
}

/** Sorts the gravest first: by severity, then by score, then by loss. What is as grave is left to the caller, never to a name that an attacker may choose. */
export function byGravity(a: Gravity, b: Gravity): number {
  return SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || b.score - a.score || b.lossMicros - a.lossMicros;
}

import type { OwnCause } from "../model/finding/finding.js";
import type { FindingSubject } from "../model/finding/finding-subject.js";
import type { Severity } from "../model/incident/page.js";

/** Something that keeps Plimsoll from seeing or telling. */
export interface CoverageProblem {
  readonly cause: OwnCause;
  /** What it is about: one incident for each. */
  readonly subject: FindingSubject;
  readonly severity: Severity;
  /** Epoch ms since when. */
  readonly since: number;
  readonly summary: string;
  readonly whatToDo: string;
}

/** A span in words: seconds below two minutes, hours from two hours on. */
export function spell(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 2) return `${Math.round(ms / 1000)} s`;
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}

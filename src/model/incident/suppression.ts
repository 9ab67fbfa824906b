import type { Cause } from "../finding/finding.js";
import type { FindingSubject } from "../finding/finding-subject.js";

/** How many days something is expected where nobody says until when. */
export const USUAL_EXPECTED_DAYS = 7;
/** What is legitimate for longer belongs into the registry: allowed networks, a limit, a rule. */
export const MOST_EXPECTED_DAYS = 90;

/** What a revision does. */
export const REVISION_ACTIONS = ["recorded", "changed", "withdrawn"] as const;

/** What a person said was legitimate: one cause, some networks and a span of time of one subject, with an end. It raises no threshold. */
export interface SuppressionRevision {
  readonly suppressionId: string;
  /** From 1: each one holds until the next begins, so that what it hid then can be told later. */
  readonly revision: number;
  readonly action: (typeof REVISION_ACTIONS)[number];
  /** Incident that it was said of. */
  readonly incidentId: string;
  readonly keyId: string | null;
  readonly cause: Cause;
  /** Subject of the findings that it is about. */
  readonly subject: FindingSubject | null;
  /** Blocks as CIDR; none where the evidence was not about networks. */
  readonly networks: readonly string[];
  /** Half-open span of ticks, epoch ms; `until` is where a later revision begins, if that comes first. */
  readonly from: number;
  readonly until: number;
  /** Until when (epoch ms) it was said to hold; of one that is withdrawn the same as `from`. */
  readonly statedUntil: number;
  /** When it was said, epoch ms: what was found before that was told, and not hidden. */
  readonly recordedAt: number;
  readonly actor: string;
  readonly note: string;
}

/**
 * What holds at an instant, as far as it had been said by another (both epoch ms): of each suppression the newest revision that has begun, unless it is
 * over.
 */
export function holdingAt(
  revisions: readonly SuppressionRevision[],
  at: number,
  visible = Infinity,
): readonly SuppressionRevision[] {
  const begun = revisions.filter(({ from, recordedAt }) => from <= at && recordedAt <= visible);
  const newest = new Map(begun.toSorted((a, b) => a.revision - b.revision).map((one) => [one.suppressionId, one]));
  return [...newest.values()].filter(({ statedUntil }) => at < statedUntil);
}

/** Whether a suppression is about what is said of one key: that it is leaked, and not about a network or a group. */
export function isAboutLeakOf(keyId: string): (of: SuppressionRevision) => boolean {
  return (of) => of.cause === "leak" && of.keyId === keyId && of.subject === null;
}

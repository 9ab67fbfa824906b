/** How far a key's replacement has come: see rotationStateOf. */
export type RotationState = "none" | "announced" | "overlap" | "cut_over" | "revoked";

/** What the state of a rotation follows from; instants are epoch ms. */
export interface RotationFacts {
  readonly revokedAt: number | null;
  readonly rotateBy: number | null;
  readonly hasSuccessor: boolean;
  /** The old key was used within the hour. */
  readonly isOldUsed: boolean;
  /** The successor was ever used. */
  readonly isNewUsed: boolean;
}

/**
 * Announced: a successor or a date is there, and nothing else. Overlap: both are used. Cut over: only the successor is. Revoked:
 * its use is misuse. A state is never stored: it follows from the registry and from traffic.
 */
export function rotationStateOf(facts: RotationFacts, now: number): RotationState {
  if (facts.revokedAt !== null && facts.revokedAt <= now) return "revoked";
  if (!facts.hasSuccessor) return facts.rotateBy === null ? "none" : "announced";
  if (!facts.isNewUsed) return "announced";
  return facts.isOldUsed ? "overlap" : "cut_over";
}

/** Why a key must not be revoked now, in a sentence each; none: nothing breaks that can be seen. */
export function revocationRefusals(facts: RotationFacts, lastUsedAt: number | null): readonly string[] {
  const last = lastUsedAt === null ? "" : `, last at ${new Date(lastUsedAt).toISOString()}`;
  const inUse = facts.isOldUsed ? [`it was used within the last hour${last}, so its callers would break`] : [];
  const notTaken =
    facts.hasSuccessor && !facts.isNewUsed ? ["its successor was never used: no caller has moved to it yet"] : [];
  return [...inUse, ...notTaken];
}

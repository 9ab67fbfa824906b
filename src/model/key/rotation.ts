import { requestsText } from "../../text/amounts.js";

/** How far a key's replacement has come: see rotationStateOf. */
export const ROTATION_STATES = ["none", "announced", "overlap", "cut_over", "revoked"] as const;
export type RotationState = (typeof ROTATION_STATES)[number];

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

/** Who used a key, as far as events say. */
export interface KeyUserName {
  readonly address: string;
  readonly userAgent: string;
  readonly service: string;
  readonly requests: number;
}

/** Callers that are named; the rest are counted. */
const NAMED = 5;

/** Who used a key in the last hour, a few by name, the busiest first; empty when nobody did. */
export function usersText(users: readonly KeyUserName[]): string {
  const counts = new Map<string, number>();
  for (const { address, userAgent, service, requests } of users) {
    const client = service || userAgent;
    const name = client === "" ? address : `${client} at ${address}`;
    counts.set(name, (counts.get(name) ?? 0) + requests);
  }
  const names = [...counts].toSorted(([, a], [, b]) => b - a).map(([name, n]) => `${name} (${requestsText(n)})`);
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${names.slice(0, NAMED).join(", ")}${more}`;
}

/** Why a key must not be revoked now, in a sentence each; none: nothing breaks that can be seen. */
export function revocationRefusals(
  facts: RotationFacts,
  lastUsedAt: number | null,
  users: readonly KeyUserName[],
): readonly string[] {
  const last = lastUsedAt === null ? "" : `, last at ${new Date(lastUsedAt).toISOString()}`;
  const who = users.length === 0 ? "" : `: ${usersText(users)}`;
  const inUse = facts.isOldUsed ? [`it was used within the last hour${last}, so its callers would break${who}`] : [];
  const notTaken =
    facts.hasSuccessor && !facts.isNewUsed ? ["its successor was never used: no caller has moved to it yet"] : [];
  return [...inUse, ...notTaken];
}

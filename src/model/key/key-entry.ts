import type { KeyVersion } from "./key.js";

const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** What of a version of a key is said by the same name and value wherever it is written down: in an entry, and in a row. */
export const plainFields = (key: KeyVersion) => ({
  key_id: key.keyId,
  display: key.display,
  fingerprints: key.fingerprints,
  owner: key.owner,
  service: key.service,
  provider: key.provider,
  environment: key.environment,
  holders: key.holders,
  limit_per_minute: key.limitPerMinute,
  allowed_cidrs: key.allowedCidrs,
  scopes: key.scopes,
  monthly_budget_usd: key.monthlyBudgetUsd,
  replaces: key.replaces,
  routing_key_ref: key.routingKeyRef,
  runbook_url: key.runbookUrl,
  guard: key.guard,
  guard_ref: key.guardRef,
});

/** A version of a key as an entry of the registry: what `keys import` reads. What holds nothing is left out. */
export function toKeyEntry(key: KeyVersion): Readonly<Record<string, unknown>> {
  const entry = {
    ...plainFields(key),
    prices: key.prices,
    created_at: instant(key.createdAt),
    rotate_by: instant(key.rotateBy),
    revoked_at: instant(key.revokedAt),
    rules: key.rules,
    valid_from: instant(key.validFrom),
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

/** Whether a key may be used at an instant (epoch ms), in a word for people. */
export type KeyState = "active" | "rotation due" | "revoked" | "scheduled";

/** Scheduled: its version does not count yet. */
export function keyStateAt(key: KeyVersion, now: number): KeyState {
  if (key.validFrom > now) return "scheduled";
  if (key.revokedAt !== null && key.revokedAt <= now) return "revoked";
  return key.rotateBy !== null && key.rotateBy <= now ? "rotation due" : "active";
}

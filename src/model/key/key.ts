import type { Rule } from "./rule.js";

/** One version of a key in the registry: what was known of it from `validFrom` on (epoch ms). */
export interface KeyVersion {
  readonly keyId: string;
  readonly validFrom: number;
  /** Prefix and last four characters, for people; never more of the raw key. */
  readonly display: string;
  readonly fingerprints: readonly string[];
  readonly owner: string;
  readonly service: string;
  readonly provider: string;
  readonly environment: string;
  readonly holders: readonly string[];
  readonly limitPerMinute: number | null;
  readonly allowedCidrs: readonly string[];
  readonly scopes: readonly string[];
  /** US dollars per request by route. */
  readonly prices: Readonly<Record<string, number>>;
  readonly monthlyBudgetUsd: number | null;
  readonly createdAt: number | null;
  readonly rotateBy: number | null;
  readonly revokedAt: number | null;
  readonly replaces: string;
  readonly routingKeyRef: string;
  readonly runbookUrl: string;
  /** Name of what guards the key in PLIMSOLL_GUARDS, or "". */
  readonly guard: string;
  /** How that calls the key, where not by its id; else "". */
  readonly guardRef: string;
  readonly rules: readonly Rule[];
}

/** What a registry knows of a key; null where nothing is, and of no key. */
export function versionIn(registry: ReadonlyMap<string, KeyVersion>, keyId: string | null): KeyVersion | null {
  return keyId === null ? null : (registry.get(keyId) ?? null);
}

/** What a key is called in a headline or a list: its display where that tells it from others, which one that ends in … does not, else its id. */
export function keyName(key: Pick<KeyVersion, "display"> | null | undefined, keyId: string): string {
  const display = key?.display ?? "";
  return display === "" || display.endsWith("…") ? keyId : display;
}

/** A key as people know it with its id, or by that alone. */
export function namedWithId(display: string | undefined, keyId: string): string {
  return (display || keyId) === keyId ? keyId : `${display} (${keyId})`;
}

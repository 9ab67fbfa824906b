import type { Cause, Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { Severity } from "../../model/incident/page.js";
import type { ObservedBy } from "../../model/event/request-event.js";

/** A fact about a registered key, in words and figures. */
export interface RegistryFact {
  readonly cause: Cause;
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly observedBy?: ObservedBy;
  /** What it is about beside the key, such as `overdue`; a key can have several incidents of one cause. */
  readonly about?: string;
  readonly severity: Severity;
  readonly score: number;
  /** Epoch ms. */
  readonly onset: number;
  readonly now: number;
  readonly what: string;
  readonly against: string;
  readonly statistics: Readonly<Record<string, unknown>>;
}

/** A fact as a finding at its instant, to the second: what the database keeps. */
export function registryFinding(fact: RegistryFact): Finding {
  const { cause, keyId, key, about, now, severity, score, what, against, statistics } = fact;
  const tick = Math.floor(now / 1000) * 1000;
  const name = key?.display || keyId;
  const owner = key?.owner ? ` (${key.owner})` : "";
  const at = new Date(tick).toISOString().replace(/[-:]|\.000Z/g, "");
  const subject = about === undefined ? "" : `key/${encodeURIComponent(keyId)}/${about}`;
  return {
    findingId: `${cause}/${subject || encodeURIComponent(keyId)}/${at}`,
    tick,
    asOf: now,
    keyId,
    observedBy: fact.observedBy ?? "gateway",
    cause,
    subject,
    severity,
    score,
    onset: Math.min(tick, Math.floor(fact.onset / 1000) * 1000),
    summary: `${name}${owner}: ${what}`,
    signals: [{ name: "registry", score, summary: `${what}; ${against}` }],
    statistics,
  };
}

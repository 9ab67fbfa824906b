import type { Finding } from "../../model/finding/finding.js";
import type { FindingFacts } from "../../model/finding/finding-statistics.js";
import { subjectOf } from "../../model/finding/finding-subject.js";
import { namedKey, plainHeadline } from "../../model/finding/headline.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { Severity } from "../../model/incident/page.js";
import type { ObservedBy } from "../../model/event/request-event.js";

/** A fact about a registered key, in words and figures. */
export type RegistryFact = FactParts & FindingFacts<"public_key" | "rotation_due" | "scope">;

interface FactParts {
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
}

/** A fact as a finding at its instant, to the second: what the database keeps. */
export function registryFinding(fact: RegistryFact): Finding {
  const { key, about, now, what, against, ...rest } = fact;
  const { cause, keyId, score } = rest;
  const tick = Math.floor(now / 1000) * 1000;
  const at = new Date(tick).toISOString().replace(/[-:]|\.000Z/g, "");
  const subject = about === undefined ? null : ({ kind: "key", keyId, fact: about } as const);
  return {
    observedBy: "gateway",
    ...rest,
    findingId: `${cause}/${subjectOf({ keyId, subject })}/${at}`,
    tick,
    asOf: now,
    subject,
    onset: Math.min(tick, Math.floor(fact.onset / 1000) * 1000),
    headline: plainHeadline(namedKey(keyId, key), what),
    signals: [{ name: "registry", score, summary: `${what}; ${against}` }],
  };
}

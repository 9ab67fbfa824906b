import type { ObservedBy } from "../event/request-event.js";
import type { Severity } from "../incident/page.js";

/** Why somebody is told. */
export type Cause =
  | "leak"
  | "rule"
  | "revoked_use"
  | "public_key"
  | "outside_allowed"
  | "stale_callers"
  | "rotation_due"
  | "scope"
  | "coverage"
  | "delivery";

/** One kind of evidence: its share of the finding's score and one sentence of what is unusual, against what. */
export interface Signal {
  readonly name:
    | "rate"
    | "headroom"
    | "spend"
    | "sources"
    | "routes"
    | "shared_network"
    | "unaccounted"
    | "rule"
    | "outside_allowed"
    | "revoked_use"
    | "stale_callers"
    | "registry";
  readonly score: number;
  readonly summary: string;
}

/** What a check found about one key at one tick, with everything that the verdict was computed from. */
export interface Finding {
  /** Made from cause, key and tick, so that the same check finds the same id. */
  readonly findingId: string;
  /** Epoch ms of the end of the judged span: only events with ts < tick count. */
  readonly tick: number;
  /** Epoch ms: only rows with ingested_at <= asOf were seen. */
  readonly asOf: number;
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly cause: Cause;
  /** What it is about, where that is not just the key (else absent or ""), as a path such as `network/203.0.113.0%2F24`: one incident per cause and subject. */
  readonly subject?: string;
  readonly severity: Severity;
  /** Of a leak its surprise, in units of the thresholds; of what is a matter of fact, how many times its bound was reached. */
  readonly score: number;
  /** Epoch ms since when, by change-point. */
  readonly onset: number;
  readonly summary: string;
  readonly signals: readonly Signal[];
  readonly statistics: Readonly<Record<string, unknown>>;
}

/** Subject of a finding or incident as one text: who shares cause and subject shares an incident. */
export function subjectOf({ keyId, subject }: { readonly keyId: string; readonly subject?: string }): string {
  return subject ? subject : encodeURIComponent(keyId);
}

/** What a finding speaks of: from its onset to its tick, epoch ms. */
export interface FindingSpan {
  readonly onset: number;
  readonly tick: number;
}

import type { ObservedBy } from "../event/request-event.js";
import type { Severity } from "../incident/page.js";
import type { FindingFacts, StatisticsByCause } from "./finding-statistics.js";
import type { FindingSubject } from "./finding-subject.js";
import type { Headline } from "./headline.js";

/** Why somebody is told. */
export type Cause = keyof StatisticsByCause;

/** The causes given, which does not compile where one is missing. */
const everyCause = <const C extends readonly Cause[]>(...causes: Exclude<Cause, C[number]> extends never ? C : never) =>
  causes;

/** Every cause there is. */
export const CAUSES = everyCause(
  "leak",
  "rule",
  "revoked_use",
  "public_key",
  "outside_allowed",
  "stale_callers",
  "rotation_due",
  "scope",
  "coverage",
  "delivery",
);

/** Causes of what Plimsoll tells of itself: only the watch over it finds them, and ends them. */
export type OwnCause = Extract<Cause, "coverage" | "delivery">;

/** Whether Plimsoll tells of itself. */
export function isOfItself(cause: Cause): cause is OwnCause {
  return cause === "coverage" || cause === "delivery";
}

/** One kind of evidence: its share of the finding's score and one sentence of what is unusual, against what. */
export interface Signal {
  readonly name:
    | "rate"
    | "headroom"
    | "spend"
    | "sources"
    | "clients"
    | "routes"
    | "refusals"
    | "shared_network"
    | "unaccounted"
    | "reconciliation"
    | "rule"
    | "outside_allowed"
    | "revoked_use"
    | "stale_callers"
    | "registry";
  readonly score: number;
  readonly summary: string;
}

/** What a check found about one key at one tick, with everything that the verdict was computed from: which that is, its cause says. */
export type Finding = FindingParts & FindingFacts;

/** What findings of every cause have. */
export interface FindingParts {
  /** Made from cause, key and tick, so that the same check finds the same id. */
  readonly findingId: string;
  /** Epoch ms of the end of the judged span: only events with ts < tick count. */
  readonly tick: number;
  /** Epoch ms: only rows with ingested_at <= asOf were seen. */
  readonly asOf: number;
  /** Of several keys the one that showed most; null where it is about none. */
  readonly keyId: string | null;
  readonly observedBy: ObservedBy;
  /** What it is about, where that is not just the key: one incident per cause and subject. */
  readonly subject: FindingSubject | null;
  readonly severity: Severity;
  /** Of a leak its surprise, in units of the thresholds; of what is a matter of fact, how many times its bound was reached. */
  readonly score: number;
  /** Epoch ms since when, by change-point. */
  readonly onset: number;
  readonly headline: Headline;
  readonly signals: readonly Signal[];
}

/** What a finding speaks of: from its onset to its tick, epoch ms. */
export interface FindingSpan {
  readonly onset: number;
  readonly tick: number;
}

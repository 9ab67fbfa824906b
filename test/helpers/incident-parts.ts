import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import { plainHeadline } from "../../src/model/finding/headline.js";
import type { Finding, FindingParts, Signal } from "../../src/model/finding/finding.js";
import type { Incident, IncidentTransition, LastNotification } from "../../src/model/incident/incident.js";
import type { Severity } from "../../src/model/incident/page.js";

/** The instant around which the parts stand. */
export const T = Date.parse("2026-03-08T12:00:00Z");
export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** What a test says of a finding: of its statistics only what it is about; `summary` is a headline that names no key. */
export type FindingChange = Partial<FindingParts> & {
  readonly cause?: Finding["cause"];
  readonly statistics?: object;
  readonly summary?: string;
};

/** A leak of which nothing is known. */
const NOTHING_FOUND = {
  since_onset: {
    requests: 0,
    expected_requests: 0,
    spend_micros: 0,
    expected_spend_micros: null,
    novel_requests: 0,
    novel_spend_micros: 0,
  },
  expected_once_in_key_days: 0,
  new_sources: [],
};

/** A finding about the key k, with what a test says of it. */
export function finding(
  severity: Severity,
  tick = T,
  { summary = "", statistics = {}, ...changed }: FindingChange = {},
): Finding {
  const made = {
    findingId: `leak/${changed.keyId ?? "k"}/gateway/${tick}/${severity}`,
    tick,
    asOf: tick + 45_000,
    keyId: "k",
    observedBy: "gateway",
    cause: "leak",
    subject: null,
    severity,
    score: 12,
    onset: tick - 5 * MINUTE,
    headline: plainHeadline(null, summary),
    signals: [],
    statistics: { ...(changed.cause === "rule" ? { rule: "r", also: [] } : NOTHING_FOUND), ...statistics },
    ...changed,
  };
  return made as unknown as Finding;
}

/** Statistics of a finding by name, as they are stored. */
export function figuresOf({ statistics }: Pick<Finding, "statistics">): Readonly<Record<string, unknown>> {
  return { ...statistics };
}

/** A leak of a key through one address of a hosting network: 80 requests that nobody expected. */
export function unknownSourcesLeak(keyId: string, address: string, tick: number): Finding {
  const new_sources = [{ address, asn: 64500, network_type: "hosting", first_seen: "", requests: 80, spend_micros: 5 }];
  const since_onset = {
    requests: 80,
    expected_requests: 1,
    spend_micros: 5,
    expected_spend_micros: null,
    novel_requests: 80,
    novel_spend_micros: 5,
  };
  const novel = { asn_hosting: { requests: [40, 80, 80, 80] } };
  const statistics = { window: 0, since_onset, new_sources, ...blameStatistics([address]), novel };
  return finding("error", tick, { keyId, summary: `${keyId}: 80 requests`, statistics });
}

/** Signals that carry so much of a score. */
export function signals(...given: (readonly [Signal["name"], number])[]): Signal[] {
  return given.map(([name, score]) => ({ name, score, summary: "" }));
}

/** What a finding holds of cost and sources since its onset. */
export function since(usd: number, requests = 100) {
  const novel = { novel_requests: requests, novel_spend_micros: usd * 1e6 };
  return {
    since_onset: { requests, expected_requests: 0, spend_micros: usd * 1e6, expected_spend_micros: null, ...novel },
  };
}

const TOLD: LastNotification = { at: T - 2 * HOUR, severity: "error", signals: ["sources"], costMicros: 0 };

/** An incident of the key k that was opened a day ago and told two hours ago. */
export function incident(severity: Severity, changed: Partial<Incident> = {}): Incident {
  return {
    incidentId: "leak/k/1",
    keyId: "k",
    cause: "leak",
    subject: null,
    openedAt: T - DAY,
    changedAt: T - 10 * MINUTE,
    severity,
    sequence: 3,
    episode: 1,
    open: true,
    quiet: false,
    endedBy: null,
    told: { ...TOLD, severity },
    wasPage: severity !== "warning" && severity !== "info",
    onsetAt: T - DAY - 5 * MINUTE,
    loss: { micros: 0, until: T - 10 * MINUTE },
    keys: [],
    acknowledgedBy: null,
    verdict: null,
    containment: "",
    lastFindingAt: T - MINUTE,
    ...changed,
  };
}

/** A transition with what a test says of it. */
export function transition(changed: Partial<IncidentTransition>): IncidentTransition {
  return {
    incidentId: "leak/k/1",
    sequence: 1,
    at: T,
    keyId: "k",
    cause: "leak",
    subject: null,
    kind: "opened",
    reason: "first_finding",
    severity: "error",
    findingId: null,
    episode: 1,
    told: TOLD,
    onsetAt: T - 5 * MINUTE,
    loss: { micros: 0, until: T },
    keys: [],
    into: null,
    person: null,
    ...changed,
  };
}

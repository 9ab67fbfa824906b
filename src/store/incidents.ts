import { createHash } from "node:crypto";
import type { Cause, Finding } from "../model/finding.js";
import type { IncidentTransition } from "../model/incident.js";
import type { Severity } from "../model/page.js";
import { insertOnce, readRows, type ClickHouseClient } from "./clickhouse.js";

/** Records findings in one insert; the same findings recorded again under the same `asOf` change nothing. */
export async function insertFindings(client: ClickHouseClient, findings: readonly Finding[]): Promise<void> {
  const rows = findings.map((finding) => ({
    finding_id: finding.findingId,
    tick: Math.floor(finding.tick / 1000),
    as_of: new Date(finding.asOf).toISOString(),
    key_id: finding.keyId,
    observed_by: finding.observedBy,
    cause: finding.cause,
    severity: finding.severity,
    score: finding.score,
    onset: Math.floor(finding.onset / 1000),
    summary: finding.summary,
    signals: JSON.stringify(finding.signals),
    statistics: JSON.stringify(finding.statistics),
  }));
  const hash = createHash("sha256");
  for (const { findingId, asOf } of findings) hash.update(`${findingId} ${asOf}\n`);
  await insertOnce(client, "finding_records", rows, `findings:${hash.digest("hex")}`);
}

/** Appends a transition; a second writer of the same step changes nothing. */
export async function insertTransition(client: ClickHouseClient, transition: IncidentTransition): Promise<void> {
  const row = {
    incident_id: transition.incidentId,
    sequence: transition.sequence,
    at: new Date(transition.at).toISOString(),
    key_id: transition.keyId,
    cause: transition.cause,
    kind: transition.kind,
    reason: transition.reason,
    severity: transition.severity,
    finding_id: transition.findingId,
    details: "{}",
  };
  await insertOnce(client, "incident_transitions", [row], `transition:${transition.incidentId}:${transition.sequence}`);
}

/** The life so far of an incident that is open, and when its key was last found at fault (epoch ms). */
export interface OpenIncidentRows {
  readonly transitions: readonly IncidentTransition[];
  readonly lastFindingAt: number;
}

/** The transitions of all incidents that are open, by incident. */
export async function readOpenIncidentRows(client: ClickHouseClient): Promise<OpenIncidentRows[]> {
  type Row = {
    incident_id: string;
    sequence: number;
    at_ms: number;
    key_id: string;
    cause: Cause;
    kind: IncidentTransition["kind"];
    reason: IncidentTransition["reason"];
    severity: Severity;
    finding_id: string;
    last_finding_s: number;
  };
  const rows = await readRows<Row>(client, "open-incidents", {});
  const incidents = new Map<string, { transitions: IncidentTransition[]; lastFindingAt: number }>();
  for (const row of rows) {
    const incident = incidents.get(row.incident_id) ?? { transitions: [], lastFindingAt: row.last_finding_s * 1000 };
    incident.transitions.push({
      incidentId: row.incident_id,
      sequence: row.sequence,
      at: row.at_ms,
      keyId: row.key_id,
      cause: row.cause,
      kind: row.kind,
      reason: row.reason,
      severity: row.severity,
      findingId: row.finding_id,
    });
    incidents.set(row.incident_id, incident);
  }
  return [...incidents.values()];
}

import type { Cause, Finding } from "../model/finding.js";
import type { Incident, IncidentTransition } from "../model/incident.js";
import type { Severity } from "../model/page.js";
import { insertOnce, readRows, type ClickHouseClient } from "./clickhouse.js";

/** Records findings; the same finding recorded again under the same `asOf` changes nothing. */
export async function insertFindings(client: ClickHouseClient, findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) {
    const row = {
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
    };
    await insertOnce(client, "finding_records", [row], `finding:${finding.findingId}:${finding.asOf}`);
  }
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

/** All incidents that are open. */
export async function readOpenIncidents(client: ClickHouseClient): Promise<Incident[]> {
  type Row = {
    incident_id: string;
    key_id: string;
    cause: Cause;
    opened_ms: number;
    severity: Severity;
    last_sequence: number;
    last_finding_s: number;
  };
  const rows = await readRows<Row>(client, "open-incidents", {});
  return rows.map((row) => ({
    incidentId: row.incident_id,
    keyId: row.key_id,
    cause: row.cause,
    openedAt: row.opened_ms,
    severity: row.severity,
    sequence: row.last_sequence,
    open: true,
    lastFindingAt: Math.max(row.last_finding_s * 1000, row.opened_ms),
  }));
}

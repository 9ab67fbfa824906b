import type { ListedFinding, ListedIncident } from "../../store/view/listings.js";
import type { ListedUsage } from "../../store/view/usage-page.js";
import type { FindingJson, IncidentsAnswer, UsageAnswer } from "./answer-schemas.js";

const instant = (at: number) => new Date(at).toISOString();

/** A finding as the API gives it. */
export function findingToJson(finding: ListedFinding): FindingJson {
  return {
    finding_id: finding.findingId,
    tick: instant(finding.tick),
    as_of: instant(finding.asOf),
    key_id: finding.keyId,
    observed_by: finding.observedBy,
    cause: finding.cause,
    subject: finding.subject,
    severity: finding.severity,
    score: finding.score,
    onset: instant(finding.onset),
    summary: finding.summary,
    signals: finding.signals.map(({ name, score, summary }) => ({ name, score, summary })),
    statistics: finding.statistics,
    recorded_at: instant(finding.recordedAt),
  };
}

/** An incident as the API gives it. */
export function incidentToJson(row: ListedIncident): IncidentsAnswer["incidents"][number] {
  const { opened_ms: openedAt, changed_ms: changedAt, recorded_ms: recordedAt, ...same } = row;
  return { ...same, opened_at: instant(openedAt), changed_at: instant(changedAt), recorded_at: instant(recordedAt) };
}

/** A row of usage as the API gives it. */
export function usageToJson({ start_s: start, ...same }: ListedUsage): UsageAnswer["usage"][number] {
  return { start: instant(start * 1000), ...same };
}

import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { CAUSES, type Cause, type Signal } from "../../model/finding/finding.js";
import { SEVERITIES, type Severity } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";

/** Seconds that a row waits before it is listed: by then every insert that began before its own has ended. */
const SETTLE_SECONDS = 10;

/** What findings are asked for; instants are epoch ms, `since` to before `until`; an empty list asks for any. */
export interface FindingsFilter {
  readonly keyIds: readonly string[];
  readonly causes: readonly Cause[];
  readonly severities: readonly Severity[];
  readonly since: number;
  readonly until: number;
}

/** Where the last finding stood that was read. */
export interface FindingPlace {
  readonly recordedAt: number;
  readonly findingId: string;
  readonly asOf: number;
}

const findingsPageQuery = defineQuery("view/findings-page", {
  params: {
    after_at: z.number(),
    after_id: z.string(),
    after_as_of: z.number(),
    settle: z.number(),
    since: z.number(),
    until: z.number(),
    keys: listOf(z.string()),
    causes: listOf(z.string()),
    severities: listOf(z.string()),
    most: z.number(),
  },
  row: {
    finding_id: z.string(),
    recorded_ms: z.number(),
    tick_s: z.number(),
    as_of_ms: z.number(),
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    cause: z.enum(CAUSES),
    subject: z.string(),
    severity: z.enum(SEVERITIES),
    score: z.number(),
    onset_s: z.number(),
    summary: z.string(),
    signals: z.string(),
    statistics: z.string(),
  },
});

/** A finding as it was recorded; instants are epoch ms. */
export type ListedFinding = ReturnType<typeof toListedFinding>;

function toListedFinding(row: RowOf<typeof findingsPageQuery>) {
  return {
    findingId: row.finding_id,
    recordedAt: row.recorded_ms,
    tick: row.tick_s * 1000,
    asOf: row.as_of_ms,
    keyId: row.key_id,
    observedBy: row.observed_by,
    cause: row.cause,
    subject: row.subject,
    severity: row.severity,
    score: row.score,
    onset: row.onset_s * 1000,
    summary: row.summary,
    signals: JSON.parse(row.signals) as Signal[],
    statistics: JSON.parse(row.statistics) as Readonly<Record<string, unknown>>,
  };
}

/** Findings in the order of their recording, after a place (null: from the first), at most `most`. */
export async function readFindingsPage(
  client: ClickHouseClient,
  { keyIds, causes, severities, since, until }: FindingsFilter,
  after: FindingPlace | null,
  most: number,
): Promise<ListedFinding[]> {
  const rows = await readRows(client, findingsPageQuery, {
    after_at: after?.recordedAt ?? 0,
    after_id: after?.findingId ?? "",
    after_as_of: after?.asOf ?? 0,
    settle: SETTLE_SECONDS,
    since: Math.ceil(since / 1000),
    until: Math.ceil(until / 1000),
    keys: keyIds,
    causes,
    severities,
    most,
  });
  return rows.map(toListedFinding);
}

/** State of an incident in a word, as analysts' views have it. */
export const INCIDENT_STATES = ["open", "quiet", "acknowledged", "resolved"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** What incidents are asked for: those that were opened from `since` to before `until`. */
export interface IncidentsFilter extends FindingsFilter {
  readonly states: readonly IncidentState[];
}

/** Where the last incident stood that was read. */
export interface IncidentPlace {
  readonly recordedAt: number;
  readonly incidentId: string;
}

const incidentsPageQuery = defineQuery("view/incidents-page", {
  params: {
    after_at: z.number(),
    after_id: z.string(),
    settle: z.number(),
    since: z.number(),
    until: z.number(),
    key_ids: listOf(z.string()),
    causes: listOf(z.string()),
    severities: listOf(z.string()),
    states: listOf(z.string()),
    most: z.number(),
  },
  row: {
    incident_id: z.string(),
    recorded_ms: z.number(),
    key_id: z.string(),
    cause: z.enum(CAUSES),
    subject: z.string(),
    state: z.enum(INCIDENT_STATES),
    severity: z.enum(SEVERITIES),
    opened_ms: z.number(),
    changed_ms: z.number(),
    reason: z.string(),
    notifications: z.number(),
    verdict: z.string(),
    keys: z.array(z.string()),
    transitions: z.number(),
  },
});

/** An incident as it is now, as analysts' views have it. */
export type ListedIncident = RowOf<typeof incidentsPageQuery>;

/** Incidents in the order of their recording, which never changes, after a place (null: from the first), at most `most`. */
export async function readIncidentsPage(
  client: ClickHouseClient,
  { keyIds, causes, severities, states, since, until }: IncidentsFilter,
  after: IncidentPlace | null,
  most: number,
): Promise<ListedIncident[]> {
  return readRows(client, incidentsPageQuery, {
    after_at: after?.recordedAt ?? 0,
    after_id: after?.incidentId ?? "",
    settle: SETTLE_SECONDS,
    since,
    until,
    key_ids: keyIds,
    causes,
    severities,
    states,
    most,
  });
}

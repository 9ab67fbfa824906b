import { z } from "zod";
import type { Cause } from "../../model/finding/finding.js";
import type { Severity } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { IncidentState } from "./listings.js";

/** What incidents people ask for: those opened from `since` to before `until` (epoch ms); an empty list asks for any. */
export interface IncidentListFilter {
  readonly states: readonly IncidentState[];
  readonly severities: readonly Severity[];
  readonly causes: readonly Cause[];
  readonly keyIds: readonly string[];
  /** What people judged: leak or benign. */
  readonly verdicts: readonly string[];
  readonly since: number;
  readonly until: number;
}

/** Where an incident stands in the list: when it was opened (epoch ms), and its id. */
export interface IncidentListPlace {
  readonly openedAt: number;
  readonly incidentId: string;
}

const incidentListQuery = defineQuery("view/incident-list", {
  params: {
    since: z.number(),
    until: z.number(),
    before_at: z.number(),
    before_id: z.string(),
    keys: listOf(z.string()),
    causes: listOf(z.string()),
    severities: listOf(z.string()),
    states: listOf(z.string()),
    verdicts: listOf(z.string()),
    most: z.number(),
  },
  row: { incident_id: z.string(), opened_ms: z.number() },
});

/** Incidents, the newest first, that come after a place (null: from the newest on), at most `most`. */
export async function readIncidentList(
  client: ClickHouseClient,
  { states, severities, causes, keyIds, verdicts, since, until }: IncidentListFilter,
  after: IncidentListPlace | null,
  most: number,
): Promise<IncidentListPlace[]> {
  const rows = await readRows(client, incidentListQuery, {
    since,
    until,
    before_at: after?.openedAt ?? until,
    before_id: after?.incidentId ?? "",
    keys: keyIds,
    causes,
    severities,
    states,
    verdicts,
    most,
  });
  return rows.map((row) => ({ openedAt: row.opened_ms, incidentId: row.incident_id }));
}

/** What a finding is found by: its id, the keys that it may be about, and its tick (epoch ms). */
export interface NamedFinding {
  readonly findingId: string;
  readonly keyIds: readonly string[];
  readonly tick: number;
}

const findingSummariesQuery = defineQuery("view/finding-summaries", {
  params: { keys: listOf(z.string()), ticks: listOf(z.number()), findings: listOf(z.string()) },
  row: { finding_id: z.string(), summary: z.string() },
});

/** The one sentence of some findings, by their ids; of one that is not on file there is none. */
export async function readFindingSummaries(
  client: ClickHouseClient,
  findings: readonly NamedFinding[],
): Promise<ReadonlyMap<string, string>> {
  if (findings.length === 0) return new Map();
  const rows = await readRows(client, findingSummariesQuery, {
    keys: [...new Set(findings.flatMap(({ keyIds }) => keyIds))],
    ticks: [...new Set(findings.map(({ tick }) => Math.floor(tick / 1000)))],
    findings: findings.map(({ findingId }) => findingId),
  });
  return new Map(rows.map((row) => [row.finding_id, row.summary]));
}

const incidentsOfKeyQuery = defineQuery("view/incidents-of-key", {
  params: { keys: listOf(z.string()), most: z.number() },
  row: { incident_id: z.string(), opened_ms: z.number() },
});

/** Incidents about a key, by all its ids, the newest first, at most `most`. */
export async function readIncidentsOfKey(
  client: ClickHouseClient,
  keyIds: readonly string[],
  most: number,
): Promise<IncidentListPlace[]> {
  const rows = await readRows(client, incidentsOfKeyQuery, { keys: keyIds, most });
  return rows.map(({ incident_id, opened_ms }) => ({ incidentId: incident_id, openedAt: opened_ms }));
}

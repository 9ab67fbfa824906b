import { z } from "zod";
import { REVISION_ACTIONS, type SuppressionRevision } from "../../model/incident/suppression.js";
import { CAUSES } from "../../model/finding/finding.js";
import { parseSubject, subjectOf } from "../../model/finding/finding-subject.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** Records a revision of what a person said; once, however often it is tried, and of two writers of one revision the first. */
export async function insertExpectation(client: ClickHouseClient, one: SuppressionRevision): Promise<void> {
  const row = {
    expectation_id: one.suppressionId,
    revision: one.revision,
    action: one.action,
    incident_id: one.incidentId,
    key_id: one.keyId ?? "",
    cause: one.cause,
    subject: subjectOf(one),
    networks: one.networks,
    from: new Date(one.from).toISOString(),
    until: new Date(one.statedUntil).toISOString(),
    recorded_at: new Date(one.recordedAt).toISOString(),
    actor: one.actor,
    note: one.note,
  };
  await insertOnce(client, "expectations", [row], `expectation:${one.suppressionId}:${one.revision}`);
}

/** What expectations are asked for: all revisions of one, or of those of one incident. */
export interface ExpectationsOf {
  readonly incidentId?: string;
  readonly suppressionId?: string;
}

const suppressionsQuery = defineQuery("incident/suppressions", {
  params: { id: z.string(), incident: z.string(), at: z.date() },
  row: {
    expectation_id: z.string(),
    revision: z.number(),
    action: z.enum(REVISION_ACTIONS),
    incident_id: z.string(),
    key_id: z.string(),
    cause: z.enum(CAUSES),
    subject: z.string(),
    networks: z.array(z.string()),
    from_ms: z.number(),
    until_ms: z.number(),
    stated_ms: z.number(),
    recorded_ms: z.number(),
    actor: z.string(),
    note: z.string(),
  },
});

/** Expectations that hold at an instant (epoch ms) or later, revision by revision, the oldest first; or those that are asked for, whenever. */
export async function readSuppressionRevisions(
  client: ClickHouseClient,
  at: number,
  { incidentId = "", suppressionId = "" }: ExpectationsOf = {},
): Promise<SuppressionRevision[]> {
  const rows = await readRows(client, suppressionsQuery, {
    at: new Date(at),
    incident: incidentId,
    id: suppressionId,
  });
  return rows.map((row) => ({
    suppressionId: row.expectation_id,
    revision: row.revision,
    action: row.action,
    incidentId: row.incident_id,
    keyId: row.key_id || null,
    cause: row.cause,
    subject: row.subject === encodeURIComponent(row.key_id) ? null : parseSubject(row.subject),
    networks: row.networks,
    from: row.from_ms,
    until: row.until_ms,
    statedUntil: row.stated_ms,
    recordedAt: row.recorded_ms,
    actor: row.actor,
    note: row.note,
  }));
}

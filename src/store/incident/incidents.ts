import { z } from "zod";
import { printSubject } from "../../model/finding/finding-subject.js";
import type { IncidentTransition } from "../../model/incident/incident.js";
import type { Page } from "../../model/incident/page.js";
import { insertOnce, readRows, runStatement, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, defineStatement } from "../clickhouse/define-query.js";
import { detailsOf } from "./transition-details.js";

const incidentStepQuery = defineQuery("incident/incident-step", {
  params: { incident: z.string(), sequence: z.number() },
  row: { at_ms: z.number(), kind: z.string(), reason: z.string(), finding_id: z.string(), details: z.string() },
});

/**
 * Appends a transition together with the pages that it sends, in one row. Of several writers of one position in an incident's
 * life the first wins; false tells the others that they must read again.
 */
export async function insertTransition(
  client: ClickHouseClient,
  transition: IncidentTransition,
  pages: readonly Page[] = [],
): Promise<boolean> {
  const { incidentId, sequence, at, kind, reason } = transition;
  const findingId = transition.findingId ?? "";
  const details = detailsOf(transition);
  // Listed before it is open: whatever is open is found, though the writer may die in between.
  if (kind === "opened" || kind === "reopened") await listIncident(client, transition);
  const row = {
    incident_id: incidentId,
    sequence,
    at: new Date(at).toISOString(),
    key_id: transition.keyId ?? "",
    cause: transition.cause,
    subject: printSubject(transition.subject),
    kind,
    reason,
    severity: transition.severity,
    finding_id: findingId,
    details,
    pages: JSON.stringify(pages),
  };
  await insertOnce(client, "incident_transitions", [row], `transition:${incidentId}:${sequence}`);
  const [stored] = await readRows(client, incidentStepQuery, { incident: incidentId, sequence });
  if (stored === undefined) throw new Error(`step ${sequence} of ${incidentId} is missing after it was written`);
  const same = [stored.at_ms === at, stored.kind === kind, stored.reason === reason, stored.finding_id === findingId];
  return same.every(Boolean) && stored.details === details;
}

async function listIncident(client: ClickHouseClient, { incidentId, sequence }: IncidentTransition): Promise<void> {
  const row = { incident_id: incidentId, sequence, entries: 1 };
  await insertOnce(client, "open_incidents", [row], `open:${incidentId}:${sequence}`);
}

const unlistIncidentsStatement = defineStatement("incident/unlist-incidents", { params: {} });

/** Takes incidents that are over off the list of those that may be open: what is there for nothing is read for nothing. */
export async function unlistIncidents(client: ClickHouseClient): Promise<void> {
  await runStatement(client, unlistIncidentsStatement, {}, { insert_deduplicate: 0 });
}

const untoldPagesQuery = defineQuery("incident/untold-pages", {
  params: { since: z.date() },
  row: { pages: z.string() },
});

/** Pages that a transition since an instant (epoch ms) sends and that are not in the outbox. */
export async function readUnqueuedPages(client: ClickHouseClient, since: number): Promise<Page[]> {
  const rows = await readRows(client, untoldPagesQuery, { since: new Date(since) });
  return rows.flatMap(({ pages }) => JSON.parse(pages) as Page[]);
}

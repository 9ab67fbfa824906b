import { z } from "zod";
import { PAGE_ACTIONS, PAGE_STATES, PAGE_TOPICS, SEVERITIES, type Page } from "../../model/incident/page.js";
import type { CopyFate, OpenCopy, PageCopy } from "../../model/incident/page-copy.js";
import { insertOnce, readRows, runStatement, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, defineStatement, listOf } from "../clickhouse/define-query.js";
import type { PageOutcome } from "./pages.js";

/** Puts copies of one page into the outboxes of their destinations, at an instant (epoch ms). */
export async function insertCopies(client: ClickHouseClient, copies: readonly PageCopy[], at: number): Promise<void> {
  const [first] = copies;
  if (first === undefined) return;
  const name = `${first.pageId}:${copies.map(({ destination }) => destination).join(",")}`;
  const entries = copies.map((copy) => ({
    incident_id: copy.incidentId,
    page_id: copy.pageId,
    destination: copy.destination,
    entries: 1,
  }));
  // Listed before they are there: whatever waits is found, though the writer may die in between.
  await insertOnce(client, "open_copies", entries, `open:${name}`);
  const outcome = { state: "pending", at, responseStatus: 0, problem: "" } as const;
  await insertOnce(
    client,
    "copy_transitions",
    copies.map((copy) => rowOf(copy, outcome)),
    `copies:${name}`,
  );
}

/** Appends a state of a copy. */
export async function insertCopyState(client: ClickHouseClient, copy: PageCopy, outcome: PageOutcome): Promise<void> {
  const { state, at } = outcome;
  const token = `copy:${copy.pageId}:${copy.destination}:${state}${state === "retrying" ? `:${at}` : ""}`;
  await insertOnce(client, "copy_transitions", [rowOf(copy, outcome)], token);
}

function rowOf(copy: PageCopy, { state, at, responseStatus, problem, notBefore = 0 }: PageOutcome) {
  return {
    incident_id: copy.incidentId,
    page_id: copy.pageId,
    destination: copy.destination,
    state,
    at: new Date(at).toISOString(),
    topic: copy.topic,
    action: copy.action,
    step: copy.step,
    place: copy.place,
    response_status: responseStatus,
    problem,
    not_before: new Date(notBefore).toISOString(),
  };
}

const unlistCopiesStatement = defineStatement("page/unlist-copies", { params: {} });

/** Takes copies that are over off the list of those that may not be. */
export async function unlistCopies(client: ClickHouseClient): Promise<void> {
  await runStatement(client, unlistCopiesStatement, {}, { insert_deduplicate: 0 });
}

const openCopiesQuery = defineQuery("page/open-copies", {
  params: {},
  row: {
    incident: z.string(),
    page: z.string(),
    copied_to: z.string(),
    page_topic: z.enum(PAGE_TOPICS),
    page_step: z.number(),
    page_place: z.number(),
    page_action: z.enum(PAGE_ACTIONS),
    last_state: z.enum(PAGE_STATES),
    created_ms: z.number(),
    attempts: z.number(),
    not_before_ms: z.number(),
    tried_ms: z.number(),
  },
});

/** Copies that wait to be sent, oldest first. */
export async function readOpenCopies(client: ClickHouseClient): Promise<OpenCopy[]> {
  const rows = await readRows(client, openCopiesQuery, {});
  return rows.map((row) => ({
    incidentId: row.incident,
    pageId: row.page,
    destination: row.copied_to,
    topic: row.page_topic,
    action: row.page_action,
    step: row.page_step,
    place: row.page_place,
    createdAt: row.created_ms,
    attempts: row.attempts,
    notBefore: row.not_before_ms,
    triedAt: row.tried_ms,
  }));
}

const copiedPagesQuery = defineQuery("page/copied-pages", {
  params: { incidents: listOf(z.string()) },
  row: { page: z.string(), incident: z.string(), copied_to: z.string() },
});

/** Which pages of some incidents were copied where. */
export async function readCopiedPages(
  client: ClickHouseClient,
  incidents: readonly string[],
): Promise<readonly Pick<PageCopy, "pageId" | "incidentId" | "destination">[]> {
  const rows = await readRows(client, copiedPagesQuery, { incidents });
  return rows.map((row) => ({ pageId: row.page, incidentId: row.incident, destination: row.copied_to }));
}

const composedPagesQuery = defineQuery("page/composed-pages", {
  params: { incidents: listOf(z.string()), pages: listOf(z.string()) },
  row: {
    page_id: z.string(),
    page_topic: z.enum(PAGE_TOPICS),
    page_is_minimal: z.boolean(),
    incident_id: z.string(),
    key_id: z.string(),
    action: z.enum(PAGE_ACTIONS),
    dedup_key: z.string(),
    severity: z.enum(SEVERITIES),
    body: z.string(),
    page_step: z.number(),
    page_place: z.number(),
    page_ref: z.string(),
  },
});

/** Some pages as they were composed, by id. */
export async function readComposedPages(
  client: ClickHouseClient,
  of: readonly Pick<Page, "incidentId" | "pageId">[],
): Promise<ReadonlyMap<string, Page>> {
  const incidents = [...new Set(of.map(({ incidentId }) => incidentId))];
  const rows = await readRows(client, composedPagesQuery, { incidents, pages: of.map(({ pageId }) => pageId) });
  return new Map(
    rows.map((row) => [
      row.page_id,
      {
        pageId: row.page_id,
        topic: row.page_topic,
        isMinimal: row.page_is_minimal,
        incidentId: row.incident_id,
        keyId: row.key_id || null,
        action: row.action,
        dedupKey: row.dedup_key || null,
        severity: row.severity,
        body: row.body,
        step: row.page_step,
        place: row.page_place,
        routingRef: row.page_ref || null,
      },
    ]),
  );
}

const copiesOfIncidentQuery = defineQuery("page/copies-of-incident", {
  params: { incident: z.string() },
  row: {
    page: z.string(),
    copied_to: z.string(),
    last_state: z.enum(PAGE_STATES),
    status: z.number(),
    why: z.string(),
  },
});

/** Copies of one incident's pages, in the order in which they are sent. */
export async function readCopiesOfIncident(client: ClickHouseClient, incident: string): Promise<CopyFate[]> {
  const rows = await readRows(client, copiesOfIncidentQuery, { incident });
  return rows.map((row) => ({
    pageId: row.page,
    destination: row.copied_to,
    state: row.last_state,
    status: row.status,
    problem: row.why,
  }));
}

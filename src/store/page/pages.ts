import { z } from "zod";
import {
  PAGE_ACTIONS,
  PAGE_STATES,
  PAGE_TOPICS,
  SEVERITIES,
  type OutboxPage,
  type Page,
  type PageState,
} from "../../model/incident/page.js";
import { insertOnce, readRows, runStatement, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, defineStatement, flag } from "../clickhouse/define-query.js";

/** What became of a page: an answer of PagerDuty, or the lack of one. */
export interface PageOutcome {
  readonly state: PageState;
  /** Epoch ms. */
  readonly at: number;
  readonly responseStatus: number;
  readonly problem: string;
  /** The digest or notice that lists it, where it was dropped for that. */
  readonly reportedIn?: string;
  /** Epoch ms before which it is not tried again; 0 for at once. */
  readonly notBefore?: number;
}

/** Appends a state of a page. The first state, `pending`, is written once however often it is tried. */
export async function insertPageState(client: ClickHouseClient, page: Page, outcome: PageOutcome): Promise<void> {
  // Listed before it is there: whatever waits is found, though the writer may die in between.
  if (outcome.state === "pending") await listPage(client, page);
  const row = {
    page_id: page.pageId,
    state: outcome.state,
    at: new Date(outcome.at).toISOString(),
    topic: page.topic,
    is_minimal: page.isMinimal,
    incident_id: page.incidentId,
    key_id: page.keyId ?? "",
    action: page.action,
    dedup_key: page.dedupKey ?? "",
    severity: page.severity,
    body: outcome.state === "pending" ? page.body : "",
    response_status: outcome.responseStatus,
    problem: outcome.problem,
    reported_in: outcome.reportedIn ?? "",
    step: page.step,
    place: page.place,
    routing_ref: page.routingRef ?? "",
    not_before: new Date(outcome.notBefore ?? 0).toISOString(),
  };
  const token = `page:${page.pageId}:${outcome.state}${outcome.state === "retrying" ? `:${outcome.at}` : ""}`;
  await insertOnce(client, "page_transitions", [row], token);
}

async function listPage(client: ClickHouseClient, { incidentId, pageId }: Page): Promise<void> {
  const row = { incident_id: incidentId, page_id: pageId, entries: 1 };
  await insertOnce(client, "open_pages", [row], `open:${pageId}`);
}

const unlistPagesStatement = defineStatement("page/unlist-pages", { params: {} });

/** Takes pages that are over off the list of those that may not be: what is there for nothing is read for nothing. */
export async function unlistPages(client: ClickHouseClient): Promise<void> {
  await runStatement(client, unlistPagesStatement, {}, { insert_deduplicate: 0 });
}

const outboxQuery = defineQuery("page/outbox", {
  params: {},
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
    last_state: z.enum(PAGE_STATES),
    created_ms: z.number(),
    attempts: z.number(),
    not_before_ms: z.number(),
    successor_failed: flag,
  },
});

/** Pages that wait to be sent, oldest first. */
export async function readOutbox(client: ClickHouseClient): Promise<OutboxPage[]> {
  const rows = await readRows(client, outboxQuery, {});
  return rows.map((row) => ({
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
    state: row.last_state,
    createdAt: row.created_ms,
    attempts: row.attempts,
    notBefore: row.not_before_ms,
    successorFailed: row.successor_failed === 1,
  }));
}

const pagesSentQuery = defineQuery("page/pages-sent", {
  params: { since: z.date() },
  row: { page_ref: z.string(), tries: z.number() },
});

/** How many events went out since an instant (epoch ms), by integration: every try counts. */
export async function readSentCounts(
  client: ClickHouseClient,
  since: number,
): Promise<ReadonlyMap<string | null, number>> {
  const rows = await readRows(client, pagesSentQuery, { since: new Date(since) });
  return new Map(rows.map((row) => [row.page_ref || null, row.tries]));
}

/** What became of a page. */
export interface PageFate {
  readonly pageId: string;
  readonly state: PageState;
  /** HTTP status of the last answer; 0 when there was none. */
  readonly status: number;
  readonly problem: string;
}

const pagesOfIncidentQuery = defineQuery("page/pages-of-incident", {
  params: { incident: z.string() },
  row: { page_id: z.string(), last_state: z.enum(PAGE_STATES), status: z.number(), why: z.string() },
});

/** Pages of one incident, in the order in which they are sent. */
export async function readPagesOfIncident(client: ClickHouseClient, incident: string): Promise<PageFate[]> {
  const rows = await readRows(client, pagesOfIncidentQuery, { incident });
  return rows.map((row) => ({ pageId: row.page_id, state: row.last_state, status: row.status, problem: row.why }));
}

/** A page that PagerDuty refused, or that was given up. */
export interface FailedPage {
  readonly pageId: string;
  readonly incidentId: string;
  /** Epoch ms. */
  readonly at: number;
  /** HTTP status of the last answer; 0 when there was none. */
  readonly status: number;
  readonly problem: string;
}

const failedPagesQuery = defineQuery("page/failed-pages", {
  params: { since: z.date(), most: z.number() },
  row: { page_id: z.string(), incident: z.string(), failed_ms: z.number(), status: z.number(), why: z.string() },
});

/** At most so many pages that failed since an instant (epoch ms), the newest first. */
export async function readFailedPages(client: ClickHouseClient, since: number, most: number): Promise<FailedPage[]> {
  const rows = await readRows(client, failedPagesQuery, { since: new Date(since), most });
  return rows.map((row) => ({
    pageId: row.page_id,
    incidentId: row.incident,
    at: row.failed_ms,
    status: row.status,
    problem: row.why,
  }));
}

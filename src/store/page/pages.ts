import type { OutboxPage, Page, PageAction, PageState, PageTopic, Severity } from "../../model/incident/page.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import { queryText } from "../clickhouse/sql-files.js";

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

/** Takes pages that are over off the list of those that may not be: what is there for nothing is read for nothing. */
export async function unlistPages(client: ClickHouseClient): Promise<void> {
  await client.command({
    query: `INSERT INTO open_pages (incident_id, page_id, entries) ${queryText("page/over-pages")}`,
    clickhouse_settings: { insert_deduplicate: 0 },
  });
}

/** Pages that wait to be sent, oldest first. */
export async function readOutbox(client: ClickHouseClient): Promise<OutboxPage[]> {
  type Row = {
    page_id: string;
    page_topic: PageTopic;
    page_is_minimal: boolean | number;
    incident_id: string;
    key_id: string;
    action: PageAction;
    dedup_key: string;
    severity: Severity;
    body: string;
    page_step: number;
    page_place: number;
    page_ref: string;
    last_state: PageState;
    created_ms: number;
    attempts: number;
    not_before_ms: number;
    successor_failed: number;
  };
  const rows = await readRows<Row>(client, "page/outbox", {});
  return rows.map((row) => ({
    pageId: row.page_id,
    topic: row.page_topic,
    isMinimal: Boolean(row.page_is_minimal),
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

/** How many events went out since an instant (epoch ms), by integration: every try counts. */
export async function readSentCounts(
  client: ClickHouseClient,
  since: number,
): Promise<ReadonlyMap<string | null, number>> {
  type Row = { page_ref: string; tries: number };
  const rows = await readRows<Row>(client, "page/pages-sent", { since: new Date(since) });
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

/** Pages of one incident, in the order in which they are sent. */
export async function readPagesOf(client: ClickHouseClient, incident: string): Promise<PageFate[]> {
  type Row = { page_id: string; last_state: PageState; status: number; why: string };
  const rows = await readRows<Row>(client, "page/pages-of-incident", { incident });
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

/** At most so many pages that failed since an instant (epoch ms), the newest first. */
export async function readFailedPages(client: ClickHouseClient, since: number, most: number): Promise<FailedPage[]> {
  type Row = { page_id: string; incident: string; failed_ms: number; status: number; why: string };
  const rows = await readRows<Row>(client, "page/failed-pages", { since: new Date(since), most });
  return rows.map((row) => ({
    pageId: row.page_id,
    incidentId: row.incident,
    at: row.failed_ms,
    status: row.status,
    problem: row.why,
  }));
}

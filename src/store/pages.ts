import type { Page, PageAction, Severity } from "../model/page.js";
import { insertOnce, readRows, type ClickHouseClient } from "./clickhouse.js";

export type PageState = "pending" | "retrying" | "sent" | "failed";

/** A page of the outbox and how far it got. */
export interface OutboxPage extends Page {
  readonly state: PageState;
  /** Epoch ms at which it was written. */
  readonly createdAt: number;
}

/** What became of a page: an answer of PagerDuty, or the lack of one. */
export interface PageOutcome {
  readonly state: PageState;
  readonly at: number;
  readonly responseStatus: number;
  readonly problem: string;
}

/** Appends a state of a page. The first state, `pending`, is written once however often it is tried. */
export async function insertPageState(client: ClickHouseClient, page: Page, outcome: PageOutcome): Promise<void> {
  const row = {
    page_id: page.pageId,
    state: outcome.state,
    at: new Date(outcome.at).toISOString(),
    incident_id: page.incidentId,
    key_id: page.keyId,
    action: page.action,
    dedup_key: page.dedupKey,
    severity: page.severity,
    body: outcome.state === "pending" ? page.body : "",
    response_status: outcome.responseStatus,
    problem: outcome.problem,
  };
  const token = `page:${page.pageId}:${outcome.state}${outcome.state === "retrying" ? `:${outcome.at}` : ""}`;
  await insertOnce(client, "page_transitions", [row], token);
}

/** Pages that are neither sent nor given up, oldest first; with ids, only those pages, in whatever state they are. */
export async function readOutbox(client: ClickHouseClient, pageIds: readonly string[] | null): Promise<OutboxPage[]> {
  type Row = {
    page_id: string;
    incident_id: string;
    key_id: string;
    action: PageAction;
    dedup_key: string;
    severity: Severity;
    body: string;
    last_state: PageState;
    created_ms: number;
  };
  const rows = await readRows<Row>(client, "outbox", { ids: pageIds ?? [] });
  return rows.map((row) => ({
    pageId: row.page_id,
    incidentId: row.incident_id,
    keyId: row.key_id,
    action: row.action,
    dedupKey: row.dedup_key,
    severity: row.severity,
    body: row.body,
    state: row.last_state,
    createdAt: row.created_ms,
  }));
}

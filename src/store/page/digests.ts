import type { Cause } from "../../model/finding/finding.js";
import { parseStatistics, type FindingFacts } from "../../model/finding/finding-statistics.js";
import type { Severity } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** A page that tells of many, not ended yet. */
export interface OpenDigest {
  readonly digestId: string;
  readonly routingRef: string | null;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Step of its newest event. */
  readonly lastStep: number;
}

/** A page that was told in a digest. */
export interface DigestedPage {
  readonly pageId: string;
  readonly incidentId: string;
  readonly keyId: string | null;
  readonly severity: Severity;
  readonly body: string;
  readonly isOver: boolean;
}

/** Digests that were not ended, oldest first. */
export async function readOpenDigests(client: ClickHouseClient): Promise<OpenDigest[]> {
  type Row = { digest: string; page_ref: string; created_ms: number; last_step: number };
  const rows = await readRows<Row>(client, "page/digests", {});
  return rows.map((row) => ({
    digestId: row.digest,
    routingRef: row.page_ref || null,
    createdAt: row.created_ms,
    lastStep: row.last_step,
  }));
}

/** Clocks of two writers of one digest are no further apart. */
const APART_MS = 3_600_000;

/** What a digest that began at `since` (epoch ms) has told so far. */
export async function readDigestedPages(
  client: ClickHouseClient,
  digest: string,
  since: number,
): Promise<DigestedPage[]> {
  type Row = {
    page_id: string;
    incident: string;
    key: string;
    page_severity: Severity;
    page_body: string;
    is_over: boolean | number;
  };
  const rows = await readRows<Row>(client, "page/digest-pages", { digest, since: new Date(since - APART_MS) });
  return rows.map((row) => ({
    pageId: row.page_id,
    incidentId: row.incident,
    keyId: row.key || null,
    severity: row.page_severity,
    body: row.page_body,
    isOver: Boolean(row.is_over),
  }));
}

/** What the newest finding of an incident says of how grave it is. */
export type FoundGravity = FindingFacts & { readonly score: number };

/** The newest findings of some incidents, by incident; those that have none are not in it. */
export async function readGravities(
  client: ClickHouseClient,
  incidents: readonly string[],
): Promise<Map<string, FoundGravity>> {
  if (incidents.length === 0) return new Map();
  type Row = { incident: string; found_cause: Cause; newest_score: number; newest_statistics: string };
  const rows = await readRows<Row>(client, "page/gravity-of-incidents", { incidents });
  return new Map(
    rows.map((row) => [
      row.incident,
      { score: row.newest_score, ...parseStatistics(row.found_cause, row.newest_statistics) },
    ]),
  );
}

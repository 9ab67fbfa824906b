import type { Severity } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** A page that tells of many, not ended yet. */
export interface OpenDigest {
  readonly digestId: string;
  readonly routingRef: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Position of its newest event. */
  readonly lastPlace: number;
}

/** A page that was told in a digest. */
export interface DigestedPage {
  readonly pageId: string;
  readonly incidentId: string;
  readonly keyId: string;
  readonly severity: Severity;
  readonly body: string;
  readonly isOver: boolean;
}

/** Digests that were not ended, oldest first. */
export async function readOpenDigests(client: ClickHouseClient): Promise<OpenDigest[]> {
  type Row = { digest: string; page_ref: string; created_ms: number; last_place: number };
  const rows = await readRows<Row>(client, "page/digests", {});
  return rows.map((row) => ({
    digestId: row.digest,
    routingRef: row.page_ref,
    createdAt: row.created_ms,
    lastPlace: row.last_place,
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
    keyId: row.key,
    severity: row.page_severity,
    body: row.page_body,
    isOver: Boolean(row.is_over),
  }));
}

/** What the newest finding of an incident says of how grave it is. */
export interface FoundGravity {
  readonly score: number;
  /** As the check wrote them. */
  readonly statistics: Readonly<Record<string, unknown>>;
}

/** The newest findings of some incidents, by incident; those that have none are not in it. */
export async function readGravities(
  client: ClickHouseClient,
  incidents: readonly string[],
): Promise<Map<string, FoundGravity>> {
  if (incidents.length === 0) return new Map();
  type Row = { incident: string; newest_score: number; newest_statistics: string };
  const rows = await readRows<Row>(client, "page/gravity-of-incidents", { incidents });
  return new Map(
    rows.map((row) => [
      row.incident,
      { score: row.newest_score, statistics: JSON.parse(row.newest_statistics) as FoundGravity["statistics"] },
    ]),
  );
}

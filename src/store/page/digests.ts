import { z } from "zod";
import { CAUSES } from "../../model/finding/finding.js";
import { parseStatistics, type FindingFacts } from "../../model/finding/finding-statistics.js";
import { SEVERITIES, type Severity } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf } from "../clickhouse/define-query.js";

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

const digestsQuery = defineQuery("page/digests", {
  params: {},
  row: { digest: z.string(), page_ref: z.string(), created_ms: z.number(), last_step: z.number() },
});

/** Digests that were not ended, oldest first. */
export async function readOpenDigests(client: ClickHouseClient): Promise<OpenDigest[]> {
  const rows = await readRows(client, digestsQuery, {});
  return rows.map((row) => ({
    digestId: row.digest,
    routingRef: row.page_ref || null,
    createdAt: row.created_ms,
    lastStep: row.last_step,
  }));
}

/** Clocks of two writers of one digest are no further apart. */
const APART_MS = 3_600_000;

const digestPagesQuery = defineQuery("page/digest-pages", {
  params: { digest: z.string(), since: z.date() },
  row: {
    page_id: z.string(),
    incident: z.string(),
    key: z.string(),
    page_severity: z.enum(SEVERITIES),
    page_body: z.string(),
    is_over: flag,
  },
});

/** What a digest that began at `since` (epoch ms) has told so far. */
export async function readDigestedPages(
  client: ClickHouseClient,
  digest: string,
  since: number,
): Promise<DigestedPage[]> {
  const rows = await readRows(client, digestPagesQuery, { digest, since: new Date(since - APART_MS) });
  return rows.map((row) => ({
    pageId: row.page_id,
    incidentId: row.incident,
    keyId: row.key || null,
    severity: row.page_severity,
    body: row.page_body,
    isOver: row.is_over === 1,
  }));
}

/** What the newest finding of an incident says of how grave it is. */
export type FoundGravity = FindingFacts & { readonly score: number };

const gravityOfIncidentsQuery = defineQuery("page/gravity-of-incidents", {
  params: { incidents: listOf(z.string()) },
  row: { incident: z.string(), found_cause: z.enum(CAUSES), newest_score: z.number(), newest_statistics: z.string() },
});

/** The newest findings of some incidents, by incident; those that have none are not in it. */
export async function readGravities(
  client: ClickHouseClient,
  incidents: readonly string[],
): Promise<Map<string, FoundGravity>> {
  if (incidents.length === 0) return new Map();
  const rows = await readRows(client, gravityOfIncidentsQuery, { incidents });
  return new Map(
    rows.map((row) => [
      row.incident,
      { score: row.newest_score, ...parseStatistics(row.found_cause, row.newest_statistics) },
    ]),
  );
}

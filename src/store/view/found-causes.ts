import { z } from "zod";
import type { ScoreThresholds } from "../../model/finding/leak-statistics.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { InvestigationSpan } from "./investigation.js";

/** What was found about a key, per cause. */
export interface FoundCause {
  readonly cause: string;
  readonly onset: number;
  readonly lastAt: number;
  readonly severity: string;
  readonly score: number;
  /** Of the worst of it; null where its cause knows none. */
  readonly thresholds: ScoreThresholds | null;
  readonly summary: string;
  readonly findings: number;
}

const foundCausesQuery = defineQuery("view/found-causes", {
  params: { keys: listOf(z.string()), from: z.number(), to: z.number() },
  row: {
    cause: z.string(),
    onset_s: z.number(),
    last_s: z.number(),
    severity: z.string(),
    score: z.number(),
    summary: z.string(),
    findings: z.number(),
    // Zero where there is none.
    notice_from: z.number(),
    page_from: z.number(),
  },
});

/** What was found about a key between two instants, the worst first. */
export async function readFoundCauses(
  client: ClickHouseClient,
  { keyIds, from, to }: InvestigationSpan,
): Promise<FoundCause[]> {
  const rows = await readRows(client, foundCausesQuery, {
    keys: keyIds,
    from: Math.floor(from / 1000),
    to: Math.floor(to / 1000),
  });
  return rows.map((row) => ({
    cause: row.cause,
    onset: row.onset_s * 1000,
    lastAt: row.last_s * 1000,
    severity: row.severity,
    score: row.score,
    thresholds: row.notice_from === 0 ? null : { notice: row.notice_from, page: row.page_from || null },
    summary: row.summary,
    findings: row.findings,
  }));
}

import { z } from "zod";
import type { UnreadReport } from "../../model/coverage.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import type { ReportName } from "./provider-reports.js";

const unreadReportsQuery = defineQuery("pull/unread-reports", {
  params: {},
  row: {
    of_provider: z.string(),
    of_report: z.string(),
    since_ms: z.number(),
    last_ms: z.number(),
    why: z.string(),
    was_read: z.number(),
  },
});

/** Reports that could not be read since their last complete pull, of the last thirty days. */
export async function readUnreadReports(client: ClickHouseClient): Promise<UnreadReport[]> {
  const rows = await readRows(client, unreadReportsQuery, {});
  return rows.map((row) => ({
    provider: row.of_provider,
    report: row.of_report,
    since: row.since_ms,
    lastAt: row.last_ms,
    problem: row.why,
    wasRead: row.was_read === 1,
  }));
}

/** Puts on file that a report could not be read, and why, without a credential. */
export async function insertPullProblem(
  client: ClickHouseClient,
  { provider, report }: ReportName,
  problem: string,
): Promise<void> {
  await client.insert({
    table: "pull_problems",
    values: [{ provider, report, problem }],
    format: "JSONEachRow",
    clickhouse_settings: { async_insert: 0, input_format_skip_unknown_fields: 0 },
  });
}

import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import type { ReportName } from "./provider-reports.js";

/** How far a report was read; instants are epoch ms. */
export interface Pull extends ReportName {
  /** When it was last read completely, by ClickHouse's clock. */
  readonly pulledAt: number;
  /** When that pull was asked for. */
  readonly askedAt: number;
  /** End of the newest bucket that was read. */
  readonly until: number;
}

const newestPullsQuery = defineQuery("pull/newest-pulls", {
  params: {},
  row: { provider: z.string(), report: z.string(), pulled_ms: z.number(), asked_ms: z.number(), until_s: z.number() },
});

/** The newest complete pull of each report. */
export async function readNewestPulls(client: ClickHouseClient): Promise<Pull[]> {
  const rows = await readRows(client, newestPullsQuery, {});
  return rows.map(({ provider, report, pulled_ms, asked_ms, until_s }) => ({
    provider,
    report,
    pulledAt: pulled_ms,
    askedAt: asked_ms,
    until: until_s * 1000,
  }));
}

/** What a complete pull read, epoch ms, and how many hours of keys were new or corrected. */
interface PulledSpan {
  readonly askedAt: number;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Puts a complete pull on file. */
export async function insertPull(
  client: ClickHouseClient,
  { provider, report }: ReportName,
  { askedAt, from, to, rows }: PulledSpan,
): Promise<void> {
  await client.insert({
    table: "provider_pulls",
    values: [
      {
        provider,
        report,
        asked_at: new Date(askedAt).toISOString(),
        read_from: from / 1000,
        read_until: to / 1000,
        rows,
      },
    ],
    format: "JSONEachRow",
    clickhouse_settings: { async_insert: 0, input_format_skip_unknown_fields: 0 },
  });
}

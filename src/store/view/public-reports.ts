import { z } from "zod";
import { ASSUMED_DELAY_MS } from "../../model/key/leak-report.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** That a key was found in public; instants are epoch ms. */
export interface PublicReport {
  readonly reportedAt: number;
  /** Null where nobody says since when. */
  readonly publicSince: number | null;
  readonly reporter: string;
  /** Where it was found, or "". */
  readonly place: string;
  /** The key's state when it was reported. */
  readonly state: string;
}

const publicReportsQuery = defineQuery("view/public-reports", {
  params: { keys: listOf(z.string()), most: z.number() },
  row: {
    reported_ms: z.number(),
    public_ms: z.number(),
    reporter: z.string(),
    place: z.string(),
    state: z.string(),
  },
});

/** Reports that a key, by all its ids, is public: the newest first, at most `most`. */
export async function readPublicReports(
  client: ClickHouseClient,
  keyIds: readonly string[],
  most: number,
): Promise<PublicReport[]> {
  const rows = await readRows(client, publicReportsQuery, { keys: keyIds, most });
  return rows.map(({ reported_ms: reportedAt, public_ms: since, reporter, place, state }) => ({
    reportedAt,
    publicSince: reportedAt - since === ASSUMED_DELAY_MS ? null : since,
    reporter,
    place,
    state,
  }));
}

import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const listedIdsQuery = defineQuery("incident/listed-ids", {
  params: { since: z.date(), keys: listOf(z.string()), causes: listOf(z.string()) },
  row: { incident_id: z.string() },
});

/** Incidents that are listed as open, or had a transition at `since` (epoch ms) or later; with keys, those of them that name one of these in any step; with causes, those of one of these. */
export async function readListedIds(
  client: ClickHouseClient,
  since: number,
  keys: readonly string[],
  causes: readonly string[],
): Promise<readonly string[]> {
  const rows = await readRows(client, listedIdsQuery, { since: new Date(since), keys, causes });
  return rows.map((row) => row.incident_id);
}

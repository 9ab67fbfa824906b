import { z } from "zod";
import type { BenignWord } from "../../model/incident/benign-word.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

const benignIncidentsQuery = defineQuery("check/benign-incidents", {
  params: { since: z.date(), until: z.date() },
  row: {
    key_id: z.string(),
    said_ms: z.number(),
    networks: z.array(z.string()),
    programs: z.array(z.string()),
    routes: z.array(z.string()),
  },
});

/** What people had called benign by `until`, of incidents since an instant (both epoch ms). */
export async function readBenignWords(
  client: ClickHouseClient,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<BenignWord[]> {
  const rows = await readRows(client, benignIncidentsQuery, { since: new Date(since), until: new Date(until) });
  return rows.map(({ key_id: keyId, said_ms: saidAt, networks, programs, routes }) => ({
    keyId,
    saidAt,
    networks,
    programs,
    routes,
  }));
}

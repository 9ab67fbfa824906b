import { z } from "zod";
import type { BenignWord } from "../../model/incident/benign-word.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

const benignIncidentsQuery = defineQuery("check/benign-incidents", {
  params: { since: z.date(), until: z.date() },
  row: {
    key_id: z.string(),
    said_ms: z.number(),
    said_by: z.string(),
    networks: z.array(z.string()),
    programs: z.array(z.string()),
    routes: z.array(z.string()),
  },
});

const benignVerdictsQuery = defineQuery("check/benign-verdicts", {
  params: { since: z.date(), until: z.date() },
  row: { words: z.number() },
});

/** What people had called benign by `until`, of incidents since an instant (both epoch ms). */
export async function readBenignWords(
  client: ClickHouseClient,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<BenignWord[]> {
  const span = { since: new Date(since), until: new Date(until) };
  // Mostly nobody has: the question below costs more to be understood than to be answered.
  const [verdicts] = await readRows(client, benignVerdictsQuery, span);
  if (verdicts!.words === 0) return [];
  const rows = await readRows(client, benignIncidentsQuery, span);
  return rows.map(({ key_id: keyId, said_ms: saidAt, said_by: saidBy, networks, programs, routes }) => ({
    keyId,
    saidAt,
    saidBy,
    networks,
    programs,
    routes,
  }));
}

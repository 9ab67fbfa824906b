import { z } from "zod";
import { readRows, runStatement, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, defineStatement, listOf } from "../clickhouse/define-query.js";

/** An incident with what it needs to be kept of: its keys' raw events from onset to end (epoch ms, half-open). */
export interface IncidentToKeep {
  readonly incidentId: string;
  readonly keyIds: readonly string[];
  readonly from: number;
  readonly to: number;
}

const incidentsToKeepQuery = defineQuery("incident/incidents-to-keep", {
  params: { to: z.date(), from: z.date() },
  row: { incident_id: z.string(), key_ids: z.array(z.string()), from_ms: z.number(), to_ms: z.number() },
});

/** Incidents about keys that lasted into a span (epoch ms). */
export async function readIncidentsToKeep(
  client: ClickHouseClient,
  span: { readonly from: number; readonly to: number },
): Promise<IncidentToKeep[]> {
  const params = { from: new Date(span.from), to: new Date(span.to) };
  const rows = await readRows(client, incidentsToKeepQuery, params);
  return rows.map((row) => ({ incidentId: row.incident_id, keyIds: row.key_ids, from: row.from_ms, to: row.to_ms }));
}

const keptDaysQuery = defineQuery("incident/kept-days", {
  params: { incident: z.string() },
  row: { day: z.string(), rows: z.number() },
});

/** Rows that are kept for an incident, by UTC day. */
export async function readKeptDays(client: ClickHouseClient, incidentId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await readRows(client, keptDaysQuery, { incident: incidentId });
  return new Map(rows.map(({ day, rows: count }) => [day, count]));
}

const keepIncidentDayStatement = defineStatement("incident/keep-incident-day", {
  params: { incident: z.string(), keys: listOf(z.string()), from: z.date(), to: z.date(), most: z.number() },
});

/** Copies raw events of one day of an incident, the earliest first, `most` at most: all of them or, when it fails, none. */
export async function keepIncidentDay(
  client: ClickHouseClient,
  { incidentId, keyIds, from, to }: IncidentToKeep,
  most: number,
): Promise<void> {
  const params = { incident: incidentId, keys: keyIds, from: new Date(from), to: new Date(to), most };
  // One block, and so one part: there is no half a copy.
  await runStatement(client, keepIncidentDayStatement, params, {
    max_insert_threads: "1",
    min_insert_block_size_bytes: "0",
    min_insert_block_size_rows: "1000000",
  });
}

import { z } from "zod";
import type { Secret } from "../../secret.js";
import { openClickHouse, openShards, readRows } from "./clickhouse-client.js";
import { defineQuery } from "./define-query.js";
import { isSharded } from "./sharded-tables.js";

/** Days that rows are kept, by kind of table. */
export interface Retention {
  readonly rawDays: number;
  readonly minuteDays: number;
  readonly hourDays: number;
}

/** Which column a table's rows age by, and which retention they have. Other tables are kept for ever. */
const AGED_TABLES: readonly (readonly [table: string, column: string, kept: keyof Retention])[] = [
  ["requests", "ts", "rawDays"],
  ["quarantined_events", "quarantined_at", "rawDays"],
  ["usage_minutes", "minute", "minuteDays"],
  ["source_minutes", "minute", "minuteDays"],
  ["route_minutes", "minute", "minuteDays"],
  ["client_minutes", "minute", "minuteDays"],
  ["client_days", "day", "minuteDays"],
  ["refused_minutes", "minute", "minuteDays"],
  ["caller_minutes", "minute", "minuteDays"],
  ["usage_hours", "hour", "hourDays"],
  ["source_hours", "hour", "hourDays"],
  ["route_hours", "hour", "hourDays"],
  ["provider_reports", "hour", "hourDays"],
  ["sign_ins", "at", "hourDays"],
  ["ingest_coverage", "minute", "hourDays"],
];

const tableDefinitionQuery = defineQuery("clickhouse/table-definition", {
  params: { table: z.string() },
  row: { create_table_query: z.string() },
});

/** Gives every aged table its TTL where it has another one, and returns what was changed. Whole days are dropped, without rewriting. */
export async function applyRetention(url: Secret, retention: Retention): Promise<readonly string[]> {
  const home = openClickHouse(url);
  const shards = openShards(url);
  const changed = new Set<string>();
  try {
    for (const [table, column, kept] of AGED_TABLES) {
      const days = retention[kept];
      for (const client of isSharded(table) ? shards : [home]) {
        const [row] = await readRows(client, tableDefinitionQuery, { table });
        if (row?.create_table_query.includes(`toIntervalDay(${days})`) === true) continue;
        await client.command({
          query: `ALTER TABLE ${table} MODIFY TTL toDateTime(${column}) + toIntervalDay(${days})`,
          clickhouse_settings: { materialize_ttl_after_modify: 0 },
        });
        changed.add(`${table}: ${days} days`);
      }
    }
    return [...changed];
  } finally {
    await Promise.all([home, ...shards].map((client) => client.close()));
  }
}

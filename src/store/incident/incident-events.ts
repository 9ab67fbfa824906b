import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** An incident with what it needs to be kept of: its keys' raw events from onset to end (epoch ms, half-open). */
export interface IncidentToKeep {
  readonly incidentId: string;
  readonly keyIds: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Incidents about keys that lasted into a span (epoch ms). */
export async function readIncidentsToKeep(
  client: ClickHouseClient,
  span: { readonly from: number; readonly to: number },
): Promise<IncidentToKeep[]> {
  type Row = { incident_id: string; key_ids: string[]; from_ms: number; to_ms: number };
  const params = { from: new Date(span.from), to: new Date(span.to) };
  const rows = await readRows<Row>(client, "incident/incidents-to-keep", params);
  return rows.map((row) => ({ incidentId: row.incident_id, keyIds: row.key_ids, from: row.from_ms, to: row.to_ms }));
}

/** Rows that are kept for an incident, by UTC day. */
export async function readKeptDays(client: ClickHouseClient, incidentId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await readRows<{ day: string; rows: number }>(client, "incident/kept-days", { incident: incidentId });
  return new Map(rows.map(({ day, rows: count }) => [day, count]));
}

const COLUMNS =
  "ts, key_id, observed_by, id, source_ip, asn, network_type, method, route, status, latency_ms, bytes, spend_micros, unit_millis, count, scope, user_agent, region, service, ingest_source, masked_fields, ingested_at";

/** Copies raw events of one day of an incident, the earliest first, `most` at most: all of them or, when it fails, none. */
export async function keepIncidentDay(
  client: ClickHouseClient,
  { incidentId, keyIds, from, to }: IncidentToKeep,
  most: number,
): Promise<void> {
  await client.command({
    query: `INSERT INTO incident_events (incident_id, ${COLUMNS})
      SELECT {incident:String}, ${COLUMNS}
      FROM requests
      WHERE key_id IN {keys:Array(String)} AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
      ORDER BY ts, key_id, id
      LIMIT {most:UInt32}`,
    query_params: { incident: incidentId, keys: keyIds, from: new Date(from), to: new Date(to), most },
    // One block, and so one part: there is no half a copy.
    clickhouse_settings: {
      max_insert_threads: "1",
      min_insert_block_size_bytes: "0",
      min_insert_block_size_rows: "1000000",
    },
  });
}

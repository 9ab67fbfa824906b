import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const searchUsedKeysQuery = defineQuery("view/search-used-keys", {
  params: { begin: z.string(), ids: listOf(z.string()), most: z.number() },
  row: { key_id: z.string() },
});

/** Ids of keys that were used, registered or not: those that begin with a text, and which of some ids; at most `most`. */
export async function searchUsedKeys(
  client: ClickHouseClient,
  begin: string,
  ids: readonly string[],
  most: number,
): Promise<string[]> {
  return (await readRows(client, searchUsedKeysQuery, { begin, ids, most })).map((row) => row.key_id);
}

/** An autonomous system and who runs it. */
export interface NamedNetwork {
  readonly asn: number;
  readonly name: string;
}

const searchNetworksQuery = defineQuery("view/search-networks", {
  params: { part: z.string(), most: z.number() },
  row: { asn: z.number(), network_name: z.string() },
});

/** Autonomous systems with a text in their name, at most `most`. */
export async function searchNetworks(client: ClickHouseClient, part: string, most: number): Promise<NamedNetwork[]> {
  const rows = await readRows(client, searchNetworksQuery, { part, most });
  return rows.map((row) => ({ asn: row.asn, name: row.network_name }));
}

/** An incident and when it was opened (epoch ms). */
export interface FoundIncident {
  readonly incidentId: string;
  readonly openedAt: number;
}

const searchIncidentsQuery = defineQuery("view/search-incidents", {
  params: { begin: z.string(), keys: listOf(z.string()), most: z.number() },
  row: { incident_id: z.string(), opened_ms: z.number() },
});

/** Incidents whose id begins with a text, or that are about some keys, the newest first, at most `most`. */
export async function searchIncidents(
  client: ClickHouseClient,
  begin: string,
  keys: readonly string[],
  most: number,
): Promise<FoundIncident[]> {
  const rows = await readRows(client, searchIncidentsQuery, { begin, keys, most });
  return rows.map((row) => ({ incidentId: row.incident_id, openedAt: row.opened_ms }));
}

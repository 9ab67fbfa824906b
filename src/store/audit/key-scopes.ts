import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** Use of one scope by one key. */
export interface ScopeUse {
  readonly keyId: string;
  readonly scope: string;
  /** Requests of ninety days that were not refused. */
  readonly served: number;
  /** Those of the last week. */
  readonly servedLately: number;
  /** Epoch ms, to the hour. */
  readonly firstAt: number;
}

const scopeUsesQuery = defineQuery("audit/scope-uses", {
  params: { now: z.number() },
  row: { key_id: z.string(), scope: z.string(), served: z.number(), served_lately: z.number(), first_s: z.number() },
});

/** Scopes that keys used in the ninety days before an instant (epoch ms). */
export async function readScopeUses(client: ClickHouseClient, now: number): Promise<ScopeUse[]> {
  const rows = await readRows(client, scopeUsesQuery, { now: Math.floor(now / 1000) });
  return rows.map((row) => ({
    keyId: row.key_id,
    scope: row.scope,
    served: row.served,
    servedLately: row.served_lately,
    firstAt: row.first_s * 1000,
  }));
}

/** Which services use a key. */
export interface ServicesOfKey {
  readonly keyId: string;
  readonly services: readonly { readonly service: string; readonly requests: number; readonly addresses: number }[];
}

const servicesOfKeysQuery = defineQuery("audit/services-of-keys", {
  params: { now: z.date() },
  row: {
    key_id: z.string(),
    services: z.array(z.string()),
    requests: z.array(z.number()),
    addresses: z.array(z.number()),
  },
});

/** Keys that were used under a service label in the week before an instant (epoch ms). */
export async function readServicesOfKeys(client: ClickHouseClient, now: number): Promise<ServicesOfKey[]> {
  const rows = await readRows(client, servicesOfKeysQuery, { now: new Date(now) });
  return rows.map((row) => ({
    keyId: row.key_id,
    services: row.services.map((service, i) => ({
      service,
      requests: row.requests[i] ?? 0,
      addresses: row.addresses[i] ?? 0,
    })),
  }));
}

const versionAuthorsQuery = defineQuery("audit/version-authors", {
  params: { since: z.date() },
  row: { key_id: z.string(), valid_ms: z.number(), recorded_by: z.string() },
});

/** Who wrote the versions that count since an instant (epoch ms), by key and beginning as JSON. */
export async function readVersionAuthors(client: ClickHouseClient, since: number): Promise<Map<string, string>> {
  const rows = await readRows(client, versionAuthorsQuery, { since: new Date(since) });
  return new Map(rows.map((row) => [JSON.stringify([row.key_id, row.valid_ms]), row.recorded_by]));
}

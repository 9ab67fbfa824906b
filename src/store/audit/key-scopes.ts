import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

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

/** Scopes that keys used in the ninety days before an instant (epoch ms). */
export async function readScopeUses(client: ClickHouseClient, now: number): Promise<ScopeUse[]> {
  type Row = { key_id: string; scope: string; served: number; served_lately: number; first_s: number };
  const rows = await readRows<Row>(client, "audit/scope-uses", { now: Math.floor(now / 1000) });
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

/** Keys that were used under a service label in the week before an instant (epoch ms). */
export async function readServicesOfKeys(client: ClickHouseClient, now: number): Promise<ServicesOfKey[]> {
  type Row = { key_id: string; services: string[]; requests: number[]; addresses: number[] };
  const rows = await readRows<Row>(client, "audit/services-of-keys", { now: new Date(now) });
  return rows.map((row) => ({
    keyId: row.key_id,
    services: row.services.map((service, i) => ({
      service,
      requests: row.requests[i] ?? 0,
      addresses: row.addresses[i] ?? 0,
    })),
  }));
}

/** Who wrote the versions that count since an instant (epoch ms), by key and beginning as JSON. */
export async function readVersionAuthors(client: ClickHouseClient, since: number): Promise<Map<string, string>> {
  type Row = { key_id: string; valid_ms: number; recorded_by: string };
  const rows = await readRows<Row>(client, "audit/version-authors", { since: new Date(since) });
  return new Map(rows.map((row) => [JSON.stringify([row.key_id, row.valid_ms]), row.recorded_by]));
}

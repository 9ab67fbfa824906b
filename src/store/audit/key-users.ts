import type { ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import type { Subject } from "../../model/subject.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** One kind of caller of a key: network, client and service label. */
export interface KeyUser {
  readonly keyId: string;
  readonly address: string;
  readonly asn: number;
  readonly networkType: string;
  readonly userAgent: string;
  readonly service: string;
  readonly requests: number;
  /** Epoch ms. */
  readonly lastAt: number;
}

/** The busiest twenty callers of each of these keys between two instants (epoch ms). */
export async function readKeyUsers(
  client: ClickHouseClient,
  keys: readonly string[],
  from: number,
  to: number,
): Promise<KeyUser[]> {
  if (keys.length === 0) return [];
  type Row = {
    key_id: string;
    source_ip: string;
    asn: number;
    network_type: string;
    user_agent: string;
    service: string;
    requests: number;
    last_ms: number;
  };
  const rows = await readRows<Row>(client, "audit/users-of-keys", { keys, from: new Date(from), to: new Date(to) });
  return rows.map((row) => ({
    keyId: row.key_id,
    address: plainAddress(row.source_ip),
    asn: row.asn,
    networkType: row.network_type,
    userAgent: row.user_agent,
    service: row.service,
    requests: row.requests,
    lastAt: row.last_ms,
  }));
}

/** A client that was refused with a revoked key, and whether the key knew it before its revocation. */
export interface RefusedCaller extends Subject {
  readonly address: string;
  readonly userAgent: string;
  readonly service: string;
  readonly isKnown: boolean;
  /** Minutes (epoch ms) in which it was refused. */
  readonly minutes: readonly number[];
}

/** Clients that were refused with revoked keys in a span (epoch ms, half-open), of rows that were there at `asOf`; null: all. */
export async function readRefusedCallers(
  client: ClickHouseClient,
  revoked: readonly { readonly keyId: string; readonly revokedAt: number }[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<RefusedCaller[]> {
  if (revoked.length === 0) return [];
  type Row = {
    key_id: string;
    observed_by: ObservedBy;
    address: string;
    user_agent: string;
    service: string;
    is_known: number;
    minutes: number[];
  };
  const rows = await readRows<Row>(client, "audit/refused-callers", {
    keys: revoked.map(({ keyId }) => keyId),
    revoked: revoked.map(({ revokedAt }) => Math.ceil(revokedAt / 1000)),
    from: new Date(span.from),
    to: new Date(span.to),
    as_of: new Date(asOf ?? END_OF_TIME),
  });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    address: plainAddress(row.address),
    userAgent: row.user_agent,
    service: row.service,
    isKnown: row.is_known === 1,
    minutes: row.minutes.map((minute) => minute * 1000),
  }));
}

/** The end of what ClickHouse can store. */
const END_OF_TIME = Date.UTC(2299, 11, 31);

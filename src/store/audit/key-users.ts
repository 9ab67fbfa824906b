import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
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

const usersOfKeysQuery = defineQuery("audit/users-of-keys", {
  params: { keys: listOf(z.string()), from: z.date(), to: z.date() },
  row: {
    key_id: z.string(),
    source_ip: z.string(),
    asn: z.number(),
    network_type: z.string(),
    user_agent: z.string(),
    service: z.string(),
    requests: z.number(),
    last_ms: z.number(),
  },
});

/** The busiest twenty callers of each of these keys between two instants (epoch ms). */
export async function readKeyUsers(
  client: ClickHouseClient,
  keys: readonly string[],
  from: number,
  to: number,
): Promise<KeyUser[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, usersOfKeysQuery, { keys, from: new Date(from), to: new Date(to) });
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

const refusedCallersQuery = defineQuery("audit/refused-callers", {
  params: { keys: listOf(z.string()), revoked: listOf(z.number()), from: z.date(), to: z.date(), as_of: z.date() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    address: z.string(),
    user_agent: z.string(),
    service: z.string(),
    is_known: z.number(),
    minutes: z.array(z.number()),
  },
});

/** Clients that were refused with revoked keys in a span (epoch ms, half-open), of rows that were there at `asOf`; null: all. */
export async function readRefusedCallers(
  client: ClickHouseClient,
  revoked: readonly { readonly keyId: string; readonly revokedAt: number }[],
  span: { readonly from: number; readonly to: number },
  asOf: number | null,
): Promise<RefusedCaller[]> {
  if (revoked.length === 0) return [];
  const rows = await readRows(client, refusedCallersQuery, {
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

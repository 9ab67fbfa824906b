import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, type RowOf } from "../clickhouse/define-query.js";

/** A key that was used and that nobody registered; instants are epoch ms to the minute. */
export interface UnregisteredKey {
  readonly keyId: string;
  /** Who saw it: gateway, caller, provider. */
  readonly observers: readonly string[];
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

const unregistered = {
  key_id: z.string(),
  observers: z.array(z.string()),
  first_s: z.number(),
  last_s: z.number(),
};
const unregisteredKeysQuery = defineQuery("registry/unregistered-keys", {
  params: { limit: z.number() },
  row: unregistered,
});
const unregisteredKeyQuery = defineQuery("registry/unregistered-key", {
  params: { key: z.string() },
  row: unregistered,
});

/** Keys seen in traffic that have no version on file, latest seen first, at most `limit` of them. */
export async function readUnregisteredKeys(client: ClickHouseClient, limit: number): Promise<UnregisteredKey[]> {
  return (await readRows(client, unregisteredKeysQuery, { limit })).map(toUnregistered);
}

/** One key, if it was seen in traffic and has no version on file; else null. */
export async function readUnregisteredKey(client: ClickHouseClient, key: string): Promise<UnregisteredKey | null> {
  return (await readRows(client, unregisteredKeyQuery, { key })).map(toUnregistered)[0] ?? null;
}

function toUnregistered(row: RowOf<typeof unregisteredKeysQuery>): UnregisteredKey {
  return {
    keyId: row.key_id,
    observers: row.observers,
    firstSeenAt: row.first_s * 1000,
    lastSeenAt: row.last_s * 1000,
  };
}

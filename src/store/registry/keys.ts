import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { KeyVersion } from "../../model/key/key.js";
import { plainFields } from "../../model/key/key-entry.js";
import type { Rule } from "../../model/key/rule.js";
import { toRules } from "../../model/key/rules-of-keys.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";

const keyRow = {
  key_id: z.string(),
  valid_from: z.string(),
  display: z.string(),
  fingerprints: z.array(z.string()),
  owner: z.string(),
  service: z.string(),
  provider: z.string(),
  environment: z.string(),
  holders: z.array(z.string()),
  limit_per_minute: z.number().nullable(),
  allowed_cidrs: z.array(z.string()),
  scopes: z.array(z.string()),
  prices: z.string(),
  monthly_budget_usd: z.number().nullable(),
  created_at: z.string().nullable(),
  rotate_by: z.string().nullable(),
  revoked_at: z.string().nullable(),
  replaces: z.string(),
  routing_key_ref: z.string(),
  runbook_url: z.string(),
  guard: z.string(),
  guard_ref: z.string(),
  rules: z.string(),
};

/** Instants as ClickHouse prints them, `2026-03-08 02:11:00.000`, in UTC. */
const parseInstant = (text: string) => Date.parse(`${text.replace(" ", "T")}Z`);
const parseOptional = (text: string | null) => (text === null ? null : parseInstant(text));
const printOptional = (at: number | null) => (at === null ? null : new Date(at).toISOString());
/** The registry that each client read last: pages and ticks read the same one again and again, and ten thousand keys take a tenth of a second. */
const lastRead = new WeakMap<
  ClickHouseClient,
  { readonly stamp: string; readonly keys: ReadonlyMap<string, KeyVersion> }
>();

const keysAtQuery = defineQuery("registry/keys-at", {
  params: { at: z.date(), visible: z.date() },
  row: keyRow,
});

/** The registry as it was at an instant, as far as it had been recorded by `visible` (both epoch ms), by key id. */
export async function readKeys(
  client: ClickHouseClient,
  at: number,
  visible: number,
): Promise<Map<string, KeyVersion>> {
  const stamp = await readRegistryStamp(client, at, visible);
  const known = lastRead.get(client);
  if (known?.stamp === stamp) return new Map(known.keys);
  const rows = await readRows(client, keysAtQuery, { at: new Date(at), visible: new Date(visible) });
  const keys = new Map(rows.map((row) => [row.key_id, toKey(row)]));
  lastRead.set(client, { stamp, keys });
  return new Map(keys);
}

const registryStampQuery = defineQuery("registry/registry-stamp", {
  params: { at: z.date(), visible: z.date() },
  row: { stamp: z.string(), versions: z.number() },
});

/** What stands for the registry of an instant, as in readKeys: the same text means the same versions. */
export async function readRegistryStamp(client: ClickHouseClient, at: number, visible: number): Promise<string> {
  const params = { at: new Date(at), visible: new Date(visible) };
  const [row] = await readRows(client, registryStampQuery, params);
  return `${row?.stamp}/${row?.versions}`;
}

/** Why a version is written: somebody says something of a key, or a rotation of the pepper adds fingerprints and changes nothing else. */
export type VersionOrigin = "change" | "pepper_rotation";

/** Appends versions of keys in somebody's name; a repeat under the same token changes nothing. */
export async function insertKeys(
  client: ClickHouseClient,
  keys: readonly KeyVersion[],
  token: string,
  by = "",
  origin: VersionOrigin = "change",
): Promise<void> {
  const rows = keys.map((key) => ({ ...toRow(key), recorded_by: by, origin }));
  await insertOnce(client, "key_versions", rows, token);
}

const keyVersionsQuery = defineQuery("registry/key-versions", {
  params: { keys: listOf(z.string()) },
  row: keyRow,
});

/** Every version on file of some keys, or of all, by key and in the order in which they come to count. */
export async function readKeyVersions(
  client: ClickHouseClient,
  keys: readonly string[] | "all",
): Promise<KeyVersion[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, keyVersionsQuery, { keys: keys === "all" ? [] : keys });
  return rows.map(toKey);
}

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

function toKey(row: RowOf<typeof keysAtQuery>): KeyVersion {
  return {
    keyId: row.key_id,
    validFrom: parseInstant(row.valid_from),
    display: row.display,
    fingerprints: row.fingerprints,
    owner: row.owner,
    service: row.service,
    provider: row.provider,
    environment: row.environment,
    holders: row.holders,
    limitPerMinute: row.limit_per_minute,
    allowedCidrs: row.allowed_cidrs,
    scopes: row.scopes,
    prices: JSON.parse(row.prices) as Record<string, number>,
    monthlyBudgetUsd: row.monthly_budget_usd,
    createdAt: parseOptional(row.created_at),
    rotateBy: parseOptional(row.rotate_by),
    revokedAt: parseOptional(row.revoked_at),
    replaces: row.replaces,
    routingKeyRef: row.routing_key_ref,
    runbookUrl: row.runbook_url,
    guard: row.guard,
    guardRef: row.guard_ref,
    rules: storedRules(row.rules),
  };
}

/** The rules of the texts read before: every tick reads the same ones again. */
const parsedRules = new LRUCache<string, readonly Rule[]>({ max: 20_000 });

function storedRules(text: string): readonly Rule[] {
  const known = parsedRules.get(text);
  if (known !== undefined) return known;
  const rules = toRules(JSON.parse(text) as unknown[]);
  parsedRules.set(text, rules);
  return rules;
}

function toRow(key: KeyVersion): Record<string, unknown> {
  return {
    ...plainFields(key),
    valid_from: new Date(key.validFrom).toISOString(),
    prices: JSON.stringify(key.prices),
    created_at: printOptional(key.createdAt),
    rotate_by: printOptional(key.rotateBy),
    revoked_at: printOptional(key.revokedAt),
    rules: JSON.stringify(key.rules),
  };
}

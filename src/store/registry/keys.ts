import { LRUCache } from "lru-cache";
import { z } from "zod";
import { onNobodysBehalf } from "../../flow/caller.js";
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
/** Registries kept for each client: as it is now, and as it was at the onset that somebody looks at. A hundred thousand keys take 76 MB. */
const KEPT_REGISTRIES = 2;

type Registry = ReadonlyMap<string, KeyVersion>;
/** What each client read last, by stamp. It is never a source of truth: each reading asks for the stamp first, whoever wrote in between. */
const kept = new WeakMap<ClickHouseClient, LRUCache<string, Promise<Registry>>>();

const keysAtQuery = defineQuery("registry/keys-at", {
  params: { at: z.date(), visible: z.date() },
  row: keyRow,
});

/**
 * The registry as it was at an instant, as far as it had been recorded by `visible` (both epoch ms), by key id. Whoever asks for what was read before is
 * given the same map: views and ticks ask again and again, and a hundred thousand keys take a second. @throws what ClickHouse throws
 */
export async function readKeys(client: ClickHouseClient, at: number, visible: number): Promise<Registry> {
  const stamp = await readRegistryStamp(client, at, visible);
  const own = kept.get(client) ?? new LRUCache<string, Promise<Registry>>({ max: KEPT_REGISTRIES });
  kept.set(client, own);
  const known = own.get(stamp);
  if (known !== undefined) return known;
  // Others wait for it, too: it does not end with the first who asked.
  const reading = onNobodysBehalf(async () => readAllKeys(client, at, visible));
  own.set(stamp, reading);
  reading.catch(() => own.delete(stamp));
  return reading;
}

async function readAllKeys(client: ClickHouseClient, at: number, visible: number): Promise<Registry> {
  const rows = await readRows(client, keysAtQuery, { at: new Date(at), visible: new Date(visible) });
  return new Map(rows.map((row) => [row.key_id, toKey(row)]));
}

const registryStampQuery = defineQuery("registry/registry-stamp", {
  params: { at: z.date(), visible: z.date() },
  row: { stamp: z.string(), versions: z.number() },
  once: true,
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

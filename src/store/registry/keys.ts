import { LRUCache } from "lru-cache";
import type { KeyVersion } from "../../model/key/key.js";
import type { Rule } from "../../model/key/rule.js";
import { toRules } from "../../model/key/rules-of-keys.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

interface KeyRow {
  key_id: string;
  valid_from: string;
  display: string;
  fingerprints: string[];
  owner: string;
  service: string;
  provider: string;
  environment: string;
  holders: string[];
  limit_per_minute: number | null;
  allowed_cidrs: string[];
  scopes: string[];
  prices: string;
  monthly_budget_usd: number | null;
  created_at: string | null;
  rotate_by: string | null;
  revoked_at: string | null;
  replaces: string;
  routing_key_ref: string;
  runbook_url: string;
  rules: string;
}

/** Instants as ClickHouse prints them, `2026-03-08 02:11:00.000`, in UTC. */
const parseInstant = (text: string) => Date.parse(`${text.replace(" ", "T")}Z`);
const parseOptional = (text: string | null) => (text === null ? null : parseInstant(text));
const printOptional = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** The registry that each client read last: pages and ticks read the same one again and again, and ten thousand keys take a tenth of a second. */
const lastRead = new WeakMap<
  ClickHouseClient,
  { readonly stamp: string; readonly keys: ReadonlyMap<string, KeyVersion> }
>();

/** The registry as it was at an instant, as far as it had been recorded by `visible` (both epoch ms), by key id. */
export async function readKeys(
  client: ClickHouseClient,
  at: number,
  visible: number,
): Promise<Map<string, KeyVersion>> {
  const stamp = await readRegistryStamp(client, at, visible);
  const known = lastRead.get(client);
  if (known?.stamp === stamp) return new Map(known.keys);
  const rows = await readRows<KeyRow>(client, "registry/keys-at", { at: new Date(at), visible: new Date(visible) });
  const keys = new Map(rows.map((row) => [row.key_id, toKey(row)]));
  lastRead.set(client, { stamp, keys });
  return new Map(keys);
}

/** What stands for the registry of an instant, as in readKeys: the same text means the same versions. */
export async function readRegistryStamp(client: ClickHouseClient, at: number, visible: number): Promise<string> {
  const params = { at: new Date(at), visible: new Date(visible) };
  const [row] = await readRows<{ stamp: string; versions: number }>(client, "registry/registry-stamp", params);
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

/** Every version on file of one key, or of all, by key and in the order in which they come to count. */
export async function readKeyVersions(client: ClickHouseClient, keyId?: string): Promise<KeyVersion[]> {
  const rows = await readRows<KeyRow>(client, "registry/key-versions", { key_id: keyId ?? "" });
  return rows.map(toKey);
}

/** Every version on file of some keys, as readKeyVersions gives them. */
export async function readVersionsOfKeys(client: ClickHouseClient, keys: readonly string[]): Promise<KeyVersion[]> {
  const rows = await readRows<KeyRow>(client, "registry/versions-of-keys", { keys });
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

interface UnregisteredRow {
  key_id: string;
  observers: string[];
  first_s: number;
  last_s: number;
}

/** Keys seen in traffic that have no version on file, latest seen first, at most `limit` of them. */
export async function readUnregisteredKeys(client: ClickHouseClient, limit: number): Promise<UnregisteredKey[]> {
  return (await readRows<UnregisteredRow>(client, "registry/unregistered-keys", { limit })).map(toUnregistered);
}

/** One key, if it was seen in traffic and has no version on file; else null. */
export async function readUnregisteredKey(client: ClickHouseClient, key: string): Promise<UnregisteredKey | null> {
  return (await readRows<UnregisteredRow>(client, "registry/unregistered-key", { key })).map(toUnregistered)[0] ?? null;
}

function toUnregistered(row: UnregisteredRow): UnregisteredKey {
  return {
    keyId: row.key_id,
    observers: row.observers,
    firstSeenAt: row.first_s * 1000,
    lastSeenAt: row.last_s * 1000,
  };
}

function toKey(row: KeyRow): KeyVersion {
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
    key_id: key.keyId,
    valid_from: new Date(key.validFrom).toISOString(),
    display: key.display,
    fingerprints: key.fingerprints,
    owner: key.owner,
    service: key.service,
    provider: key.provider,
    environment: key.environment,
    holders: key.holders,
    limit_per_minute: key.limitPerMinute,
    allowed_cidrs: key.allowedCidrs,
    scopes: key.scopes,
    prices: JSON.stringify(key.prices),
    monthly_budget_usd: key.monthlyBudgetUsd,
    created_at: printOptional(key.createdAt),
    rotate_by: printOptional(key.rotateBy),
    revoked_at: printOptional(key.revokedAt),
    replaces: key.replaces,
    routing_key_ref: key.routingKeyRef,
    runbook_url: key.runbookUrl,
    rules: JSON.stringify(key.rules),
  };
}

import type { KeyChange } from "../../model/key/key-change.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

interface ChangeRow {
  key_id: string;
  is_new: 0 | 1;
  valid_ms: number;
  recorded_ms: number;
  recorded_by: string;
  display: string;
  owner: string;
  service: string;
  environment: string;
  routing_key_ref: string;
  limit_per_minute: number | null;
  former_limit: number | null;
  monthly_budget_usd: number | null;
  former_budget: number | null;
  allowed_cidrs: string[];
  former_cidrs: string[];
  scopes: string[];
  former_scopes: string[];
  replaces: string;
  former_replaces: string;
  rotate_ms: number | null;
  former_rotate_ms: number | null;
  revoked_ms: number | null;
  former_revoked_ms: number | null;
  keys_of_act: number;
}

/** Changes of some keys since an instant (epoch ms), oldest first. */
export async function readChangesOfKeys(
  client: ClickHouseClient,
  keys: readonly string[],
  since: number,
): Promise<KeyChange[]> {
  if (keys.length === 0) return [];
  return (await readRows<ChangeRow>(client, "registry/key-changes", { keys, since: new Date(since) })).map(toChange);
}

/** Changes since an instant (epoch ms) that no change event tells of, at most five keys of each act, oldest first. */
export async function readUntoldChanges(client: ClickHouseClient, since: number): Promise<KeyChange[]> {
  return (await readRows<ChangeRow>(client, "registry/key-changes", { keys: [], since: new Date(since) })).map(
    toChange,
  );
}

function toChange(row: ChangeRow): KeyChange {
  const now = {
    limitPerMinute: row.limit_per_minute,
    monthlyBudgetUsd: row.monthly_budget_usd,
    allowedCidrs: row.allowed_cidrs,
    scopes: row.scopes,
    replaces: row.replaces,
    rotateBy: row.rotate_ms,
    revokedAt: row.revoked_ms,
  };
  return {
    keyId: row.key_id,
    display: row.display,
    owner: row.owner,
    service: row.service,
    environment: row.environment,
    routingRef: row.routing_key_ref,
    validFrom: row.valid_ms,
    recordedAt: row.recorded_ms,
    recordedBy: row.recorded_by,
    now,
    // What a new key says is no change, but for the key whose place it takes.
    former:
      row.is_new === 1
        ? { ...now, replaces: "" }
        : {
            limitPerMinute: row.former_limit,
            monthlyBudgetUsd: row.former_budget,
            allowedCidrs: row.former_cidrs,
            scopes: row.former_scopes,
            replaces: row.former_replaces,
            rotateBy: row.former_rotate_ms,
            revokedAt: row.former_revoked_ms,
          },
    keysOfAct: row.keys_of_act,
  };
}

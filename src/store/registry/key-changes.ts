import { z } from "zod";
import type { KeyChange } from "../../model/key/key-change.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf, type RowOf } from "../clickhouse/define-query.js";

const keyChangesQuery = defineQuery("registry/key-changes", {
  params: { since: z.date(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    is_new: flag,
    valid_ms: z.number(),
    recorded_ms: z.number(),
    recorded_by: z.string(),
    display: z.string(),
    owner: z.string(),
    service: z.string(),
    environment: z.string(),
    routing_key_ref: z.string(),
    limit_per_minute: z.number().nullable(),
    former_limit: z.number().nullable(),
    monthly_budget_usd: z.number().nullable(),
    former_budget: z.number().nullable(),
    allowed_cidrs: z.array(z.string()),
    former_cidrs: z.array(z.string()),
    scopes: z.array(z.string()),
    former_scopes: z.array(z.string()),
    replaces: z.string(),
    former_replaces: z.string(),
    rotate_ms: z.number().nullable(),
    former_rotate_ms: z.number().nullable(),
    revoked_ms: z.number().nullable(),
    former_revoked_ms: z.number().nullable(),
    keys_of_act: z.number(),
  },
});

const hasChangesQuery = defineQuery("registry/has-changes", {
  params: { since: z.date(), keys: listOf(z.string()) },
  row: { found: z.number() },
});

/** Changes of some keys since an instant (epoch ms), oldest first. */
export async function readChangesOfKeys(
  client: ClickHouseClient,
  keys: readonly string[],
  since: number,
): Promise<KeyChange[]> {
  const params = { keys, since: new Date(since) };
  if (keys.length === 0 || (await readRows(client, hasChangesQuery, params)).length === 0) return [];
  return (await readRows(client, keyChangesQuery, params)).map(toChange);
}

/** Changes since an instant (epoch ms) that no change event tells of, at most five keys of each act, oldest first. */
export async function readUntoldChanges(client: ClickHouseClient, since: number): Promise<KeyChange[]> {
  return (await readRows(client, keyChangesQuery, { keys: [], since: new Date(since) })).map(toChange);
}

function toChange(row: RowOf<typeof keyChangesQuery>): KeyChange {
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

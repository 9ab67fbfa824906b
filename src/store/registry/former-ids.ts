import { z } from "zod";
import { presentIds, type FormerIds } from "../../model/key/former-ids.js";
import { isUnregisteredName } from "../../model/key/former-name.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const formerIdsQuery = defineQuery("registry/former-ids", {
  params: { keys: listOf(z.string()) },
  row: { key_id: z.string(), former_ids: z.array(z.string()) },
  once: true,
});

const givenIdsQuery = defineQuery("registry/given-ids", { params: {}, row: { given: z.number() }, once: true });

/** The former ids of some keys, or of all: what is on file under them is theirs. */
export async function readFormerIds(client: ClickHouseClient, keys: readonly string[] | "all"): Promise<FormerIds> {
  if (keys.length === 0) return new Map();
  // Most installations register keys before they are used: the registry is not looked through for nothing.
  if ((await readRows(client, givenIdsQuery, {})).length === 0) return new Map();
  const rows = await readRows(client, formerIdsQuery, { keys: keys === "all" ? [] : keys });
  return new Map(rows.map((row) => [row.key_id, row.former_ids]));
}

/** All ids of a key, its present one first: whatever people read of a key is read of all of them. */
export async function readIdsOfKey(client: ClickHouseClient, keyId: string): Promise<readonly string[]> {
  return [keyId, ...((await readFormerIds(client, [keyId])).get(keyId) ?? [])];
}

/** The id that a key has now, by that or a former one. */
export async function readPresentId(client: ClickHouseClient, keyId: string): Promise<string> {
  return isUnregisteredName(keyId) ? presentIds(await readFormerIds(client, "all"))(keyId) : keyId;
}

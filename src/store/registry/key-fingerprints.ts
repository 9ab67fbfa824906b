import { z } from "zod";
import { createHash } from "node:crypto";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** A raw key that was met while the pepper was being replaced: its fingerprint under the new one (64 hex digits), and its id. */
export interface MetKey {
  readonly fingerprint: string;
  readonly keyId: string;
}

/** How far a change of the pepper got among the registered keys that have a fingerprint. */
export interface PepperProgress {
  readonly registered: number;
  /** Not met under the new pepper yet, revoked ones among them. */
  readonly waiting: number;
  readonly waitingRevoked: number;
}

/** Puts met keys on file; the same ones again change nothing. */
export async function insertMetKeys(client: ClickHouseClient, met: readonly MetKey[], pepper: string): Promise<void> {
  const rows = met.map(({ fingerprint, keyId }) => ({ fingerprint, key_id: keyId, pepper }));
  const token = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
  await insertOnce(client, "key_fingerprints", rows, token);
}

const metFingerprintsQuery = defineQuery("registry/met-fingerprints", {
  params: { prints: listOf(z.string()) },
  row: { print: z.string(), key_id: z.string() },
});

/** Those of the fingerprints (64 hex digits) that are on file as met. */
export async function readMetKeys(client: ClickHouseClient, prints: readonly string[]): Promise<MetKey[]> {
  const rows = await readRows(client, metFingerprintsQuery, { prints });
  return rows.map((row) => ({ fingerprint: row.print, keyId: row.key_id }));
}

const keyAliasesQuery = defineQuery("registry/key-aliases", {
  params: {},
  row: { print: z.string(), key_id: z.string() },
});

/** Ids of keys that nobody registered and that were first met under a former pepper, by their fingerprint (64 hex digits) under a later one. */
export async function readKeyAliases(client: ClickHouseClient): Promise<Map<string, string>> {
  const rows = await readRows(client, keyAliasesQuery, {});
  return new Map(rows.map((row) => [row.print, row.key_id]));
}

const pepperProgressQuery = defineQuery("registry/pepper-progress", {
  params: { at: z.date(), pepper: z.string() },
  row: { registered: z.number(), waiting: z.number(), waiting_revoked: z.number() },
});

/** How many registered keys were met under a pepper, as of an instant (epoch ms). */
export async function readPepperProgress(
  client: ClickHouseClient,
  pepper: string,
  at: number,
): Promise<PepperProgress> {
  const [row] = await readRows(client, pepperProgressQuery, { pepper, at: new Date(at) });
  return {
    registered: row?.registered ?? 0,
    waiting: row?.waiting ?? 0,
    waitingRevoked: row?.waiting_revoked ?? 0,
  };
}

/** So many zeros make a pepper's id a fingerprint that no key has. */
const MARK = "0".repeat(48);

const peppersInUseQuery = defineQuery("registry/peppers-in-use", {
  params: {},
  row: { pepper: z.string() },
});

/** By what peppers under which fingerprints were made are told from others: none while nobody has made any. */
export async function readPeppersInUse(client: ClickHouseClient): Promise<ReadonlySet<string>> {
  const rows = await readRows(client, peppersInUseQuery, {});
  return new Set(rows.map(({ pepper }) => pepper));
}

/** Puts on file that fingerprints are made under a pepper (its id), as a row of no key; the same again changes nothing. */
export async function insertPepperInUse(client: ClickHouseClient, pepper: string): Promise<void> {
  await insertOnce(client, "key_fingerprints", [{ fingerprint: `${pepper}${MARK}`, key_id: "", pepper }], pepper);
}

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Secret } from "../../secret.js";
import { shardUrls } from "../../clickhouse-urls.js";
import { databaseOf, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import { openForHours } from "../clickhouse/open-for-hours.js";
import { clusterOf, keyedTables } from "../clickhouse/sharded-tables.js";
import { readMigrations } from "../clickhouse/sql-files.js";

/** The servers of an installation, and one that is added to them. */
export interface Move {
  /** How many there are then: the added one is the last. */
  readonly shards: number;
  readonly database: string;
  /** Of each server's part of the traffic, and of what is copied until it becomes a part. */
  readonly part: string;
  readonly incoming: string;
  /** The first server, by its database. */
  readonly home: ClickHouseClient;
  /** Those that have traffic, by the database of their parts, in their order. */
  readonly olds: readonly ClickHouseClient[];
  /** The added one, by the database of its part. */
  readonly added: ClickHouseClient;
  /** The same, by no database, or by the one of what is copied. */
  readonly addedServer: ClickHouseClient;
  readonly addedIncoming: ClickHouseClient;
  readonly oldServers: readonly ClickHouseClient[];
  /** Tables whose rows are each of one key. */
  readonly tables: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens a move from the servers of a CLICKHOUSE_URL to one more. Nothing is asked yet. */
export function openMove(url: Secret, added: Secret): Move {
  const database = databaseOf(url);
  const [part, incoming] = [`${database}_shard`, `${database}_incoming`];
  const urls = shardUrls(url);
  const opened: ClickHouseClient[] = [];
  const open = (one: Secret, name: string) => {
    const client = openForHours(one, name);
    opened.push(client);
    return client;
  };
  return {
    shards: urls.length + 1,
    database,
    part,
    incoming,
    home: open(urls[0]!, database),
    olds: urls.map((one) => open(one, part)),
    oldServers: urls.map((one) => open(one, "")),
    added: open(added, part),
    addedServer: open(added, ""),
    addedIncoming: open(added, incoming),
    tables: keyedTables(readMigrations()),
    close: async () => {
      await Promise.all(opened.map((client) => client.close()));
    },
  };
}

/** Of which rows the added server is. */
export const isMoved = ({ shards }: Pick<Move, "shards">) =>
  `jumpConsistentHash(CRC32(key_id), ${shards}) = ${shards - 1}`;

/** A table of all servers that have traffic, as the added one reads it; while there is one that was never spread, in its database itself. */
export const sourceOf = ({ shards }: Move, database: string, table: string) =>
  `cluster('${clusterOf(shards - 1)}', '${database}', '${table}')`;

const tablesQuery = defineQuery("shards/tables", {
  params: { database: z.string() },
  row: { name: z.string(), engine: z.string() },
});

/** Tables and views of a database with their engines; none where there is no such database. */
export async function readTables(client: ClickHouseClient, database: string): Promise<ReadonlyMap<string, string>> {
  const rows = await readRows(client, tablesQuery, { database });
  return new Map(rows.map(({ name, engine }) => [name, engine]));
}

/** In which database the servers have their traffic now. */
export async function readSourceDatabase({ home, database, part }: Move): Promise<string> {
  return (await readTables(home, database)).get("requests") === "MergeTree" ? database : part;
}

/** Runs a statement of a move under a name by which another run of the command finds it. */
export async function runStep(client: ClickHouseClient, query: string): Promise<void> {
  await client.command({ query, query_id: `plimsoll-shards-add-${randomUUID()}` });
}

const serverQuery = defineQuery("shards/server", {
  params: {},
  row: { version: z.string(), free_bytes: z.number(), now_ms: z.number() },
});

/** What a server is. */
export interface ServerFacts {
  readonly version: string;
  readonly freeBytes: number;
  /** Its clock, epoch ms. */
  readonly now: number;
}

export async function readServer(client: ClickHouseClient): Promise<ServerFacts> {
  const [row] = await readRows(client, serverQuery, {});
  if (row === undefined) throw new Error("the server says nothing of itself");
  return { version: row.version, freeBytes: row.free_bytes, now: row.now_ms };
}

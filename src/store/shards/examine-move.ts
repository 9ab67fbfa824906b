import { z } from "zod";
import { readClusterShards } from "../clickhouse/cluster-shards.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import { readPlace, type Place } from "../clickhouse/shard-places.js";
import { clusterOf, isSharded, tableOf } from "../clickhouse/sharded-tables.js";
import { readMigrations } from "../clickhouse/sql-files.js";
import { readServer, readSourceDatabase, readTables, type Move, type ServerFacts } from "./open-move.js";

const trafficQuery = defineQuery("shards/traffic", {
  params: { database: z.string(), tables: z.array(z.string()).readonly() },
  row: { part_rows: z.number(), part_bytes: z.number() },
});
const keysQuery = defineQuery("shards/keys", { params: {}, row: { keys: z.number() } });
const unfinishedQuery = defineQuery("shards/unfinished-reports", {
  params: {},
  row: { provider: z.string(), report: z.string() },
});

/** Rows of requests, and bytes of all traffic, in a database of a server. */
export interface Traffic {
  readonly rows: number;
  readonly bytes: number;
}

/** Which traffic a server holds. */
export async function readTraffic(server: ClickHouseClient, database: string): Promise<Traffic> {
  const tables = readMigrations()
    .map(tableOf)
    .filter((table): table is string => table !== undefined && isSharded(table));
  const [row] = await readRows(server, trafficQuery, { database, tables });
  return { rows: row?.part_rows ?? 0, bytes: row?.part_bytes ?? 0 };
}

/** How many keys have traffic in the database of a client. */
export async function readKeyCount(client: ClickHouseClient): Promise<number> {
  const [row] = await readRows(client, keysQuery, {});
  return row?.keys ?? 0;
}

/** Reports that were not pulled to their end, as `<provider>/<report>`. */
export async function readUnfinishedReports(home: ClickHouseClient): Promise<readonly string[]> {
  return (await readRows(home, unfinishedQuery, {})).map(({ provider, report }) => `${provider}/${report}`);
}

/** What is known of the servers of a move before it begins. */
export interface MoveFacts {
  /** Cut off: rows are being removed, or tables renamed, and only the same move may go on. None: there are no tables yet. */
  readonly reads: "open" | "cut_off" | "none";
  readonly source: string;
  readonly olds: readonly (ServerFacts & Traffic & { readonly place: Place | undefined })[];
  readonly added: ServerFacts & Traffic & { readonly place: Place | undefined; readonly hasDatabase: boolean };
  /** Where the cluster of all of them is not in the configuration, or that of the old ones: numbers of servers, from 1. */
  readonly withoutCluster: readonly number[];
}

/** Reads what can be known without changing anything. @throws ClickHouseError, or a network error */
export async function readMoveFacts(move: Move): Promise<MoveFacts> {
  const { shards, part, database, oldServers, addedServer } = move;
  const source = await readSourceDatabase(move);
  const [hasWhole, hasPart] = [
    (await readTables(move.home, database)).has("requests"),
    (await readTables(move.home, part)).has("requests"),
  ];
  const reads = hasWhole ? "open" : hasPart ? "cut_off" : "none";
  const placeOf = async (server: ClickHouseClient, client: ClickHouseClient) =>
    (await readTables(server, part)).has("shard_places") ? readPlace(client) : undefined;
  const olds = await Promise.all(
    oldServers.map(async (server, index) => ({
      ...(await readServer(server)),
      ...(await readTraffic(server, source)),
      place: await placeOf(server, move.olds[index]!),
    })),
  );
  const added = {
    ...(await readServer(addedServer)),
    ...(await readTraffic(addedServer, part)),
    place: await placeOf(addedServer, move.added),
    hasDatabase: (await readTables(addedServer, database)).size > 0,
  };
  const withoutCluster: number[] = [];
  for (const [index, server] of [...oldServers, addedServer].entries())
    for (const count of [shards - 1, shards])
      if ((await readClusterShards(server, clusterOf(count))) !== count && !withoutCluster.includes(index + 1))
        withoutCluster.push(index + 1);
  return { reads, source, olds, added, withoutCluster };
}

/** Has two servers ask all others by ClickHouse's own protocol which they are. @throws ClickHouseError when one is not reached, Error when another one answers there */
export async function confirmReached({ shards, part, home, addedServer }: Move): Promise<void> {
  for (const server of [home, addedServer]) {
    const result = await server.query({
      query: `SELECT _shard_num AS asked, max(number) AS number FROM cluster('${clusterOf(shards)}', '${part}', 'shard_places') GROUP BY asked ORDER BY asked`,
      format: "JSONEachRow",
    });
    for (const { asked, number } of await result.json<{ readonly asked: number; readonly number: number }>())
      if (asked !== number)
        throw new Error(
          `at the address of server ${asked} in <${clusterOf(shards)}> server ${number} answers: correct host and port there, on every server`,
        );
  }
}

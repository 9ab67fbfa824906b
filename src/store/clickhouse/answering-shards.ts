import { z } from "zod";
import { readRows, type ClickHouseClient } from "./clickhouse-client.js";
import { defineQuery } from "./define-query.js";

/** For how many seconds each shard that answers (from 0) has been up. */
export type ShardUptimes = ReadonlyMap<number, number>;

const shardUptimesQuery = defineQuery("clickhouse/shard-uptimes", {
  params: {},
  row: { shard: z.number(), uptime_s: z.number() },
});

/** Asks all shards by the way that questions about traffic take, through the first; `client` leaves out who is away. */
export async function readShardUptimes(client: ClickHouseClient): Promise<ShardUptimes> {
  const rows = await readRows(client, shardUptimesQuery, {});
  return new Map(rows.map(({ shard, uptime_s }) => [shard - 1, uptime_s]));
}

/** Which of so many shards (from 0) are not among those that answer. */
export function awayShards(shards: number, uptimes: ShardUptimes): readonly number[] {
  return Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !uptimes.has(shard));
}

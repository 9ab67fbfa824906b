import { z } from "zod";
import { readRows, type ClickHouseClient } from "./clickhouse-client.js";
import { defineQuery } from "./define-query.js";
import { CLUSTER, clusterOf } from "./sharded-tables.js";

const clusterShardsQuery = defineQuery("clickhouse/cluster-shards", {
  params: { cluster: z.string() },
  row: { shards: z.number() },
});

/** How many servers one knows under the name of a cluster; 0 where there is no such cluster in its configuration. */
export async function readClusterShards(client: ClickHouseClient, cluster: string): Promise<number> {
  const [row] = await readRows(client, clusterShardsQuery, { cluster });
  return row?.shards ?? 0;
}

/** By which name the first server knows so many: the one of before servers could be added, where its configuration is of then. */
export async function readClusterName(home: ClickHouseClient, shards: number): Promise<string> {
  return (await readClusterShards(home, clusterOf(shards))) === shards ? clusterOf(shards) : CLUSTER;
}

import type { Secret } from "../../secret.js";
import { shardUrls } from "../../clickhouse-urls.js";
import { CLUSTER, clusterOf } from "./sharded-tables.js";

/** A server as the others reach it, by ClickHouse's own protocol. */
export interface ClusterMember {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** The servers of CLICKHOUSE_URL, at the ports that ClickHouse's own protocol has by default: 9000, and 9440 with TLS. */
export function membersOf(url: Secret): readonly ClusterMember[] {
  return shardUrls(url).map((one) => {
    const { hostname, protocol } = new URL(one.reveal());
    const secure = protocol === "https:";
    return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: secure ? 9440 : 9000, secure };
  });
}

/**
 * A file for config.d of every server, by which each finds all of them; `inUse` of them have traffic until others are added. It holds no password: each has
 * that in its environment.
 */
export function printCluster(members: readonly ClusterMember[], inUse = members.length): string {
  const clusters = [
    ...(inUse > 1 ? [[CLUSTER, inUse] as const] : []),
    ...Array.from(
      { length: members.length - inUse + 1 },
      (_, more) => [clusterOf(inUse + more), inUse + more] as const,
    ),
  ];
  const listed = clusters.map(
    ([name, shards]) => `    <${name}>\n${members.slice(0, shards).map(printShard).join("")}    </${name}>\n`,
  );
  return `<clickhouse>
  <!-- As plimsoll migrate prints it, for config.d of every server. Goes with sql/access/shards.xml in users.d, and with CLICKHOUSE_SHARDS_PASSWORD in
       the environment of each, the same on all: openssl rand -hex 32. Correct a port that is not the usual one. -->
  <remote_servers>
${listed.join("")}  </remote_servers>
</clickhouse>
`;
}

function printShard({ host, port, secure }: ClusterMember): string {
  return `      <shard>
        <replica>
          <host>${host}</host>
          <port>${port}</port>${secure ? "\n          <secure>1</secure>" : ""}
          <user>plimsoll_shards</user>
          <password from_env="CLICKHOUSE_SHARDS_PASSWORD"/>
        </replica>
      </shard>
`;
}

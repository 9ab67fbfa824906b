import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { startClickHouse, type LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { freePort } from "../../src/local/services/free-port.js";
import { printCluster } from "../../src/store/clickhouse/print-cluster.js";

/** One ClickHouse, or several that know of each other. */
export interface Shards {
  readonly servers: readonly LocalClickHouse[];
  /** For CLICKHOUSE_URL: all of them. */
  readonly url: string;
  /** Starts the server of that place again where it was, after it was killed. */
  readonly restart: (index: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts so many servers, each with its data in a directory of its own below `dataDir`; `inUse` of them have traffic until others are added. */
export async function startShards(dataDir: string, count: number, inUse = count): Promise<Shards> {
  const ports = await Promise.all(
    Array.from({ length: count }, async () => ({ tcpPort: await freePort(), httpPort: await freePort() })),
  );
  const config = printCluster(
    ports.map(({ tcpPort: port }) => ({ host: "127.0.0.1", port, secure: false })),
    inUse,
  );
  const cluster = count === 1 ? {} : { cluster: { config, password: randomBytes(24).toString("hex") } };
  const start = async (index: number) =>
    startClickHouse({ dataDir: join(dataDir, `shard-${index + 1}`), ...cluster, ...ports[index] });
  const servers: LocalClickHouse[] = [];
  for (const index of ports.keys()) servers.push(await start(index));
  return {
    servers,
    url: servers.map(({ url }) => url).join(";"),
    restart: async (index) => {
      servers[index] = await start(index);
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

import { join } from "node:path";
import { Redis } from "ioredis";
import { startTied } from "../../src/local/services/child-process.js";
import { freePort } from "../../src/local/services/free-port.js";
import {
  MASTER,
  PASSWORD,
  SENTINEL_PASSWORD,
  startNode,
  startSentinel,
  USER,
  type RedisNode,
} from "./redis-processes.js";
import { until } from "./until.js";

const HOSTS = 3;

/** Three Redis, of which one is the master, and three sentinels that make another one the master when it is gone. */
export interface SentinelRedis {
  /** For REDIS_URL. */
  readonly url: string;
  /** The master: killed, it is started again at once or after another has taken its place, as the time comes. */
  readonly master: {
    readonly pid: () => number;
    readonly kill: () => Promise<void>;
    readonly start: () => Promise<void>;
  };
  /** Kills the master; waits until another is one, has a replica that keeps up, and what was killed is back as a replica. */
  readonly killMaster: () => Promise<void>;
  /** The same, but it only hangs, and comes back believing that it is the master still. */
  readonly freezeMaster: () => Promise<void>;
  /** Kills all replicas, and starts them again when asked. */
  readonly withoutReplicas: <Result>(what: () => Promise<Result>) => Promise<Result>;
  readonly kill: () => Promise<void>;
}

/** Starts them in a directory of their own. */
export async function startSentinelRedis(dir: string): Promise<SentinelRedis> {
  const ports = await freePorts(2 * HOSTS);
  const [redisPorts, sentinelPorts] = [ports.slice(0, HOSTS), ports.slice(HOSTS)];
  const nodes = redisPorts.map((port) => startNode(join(dir, `redis-${port}`), port, redisPorts[0]!));
  await until("each Redis answers", async () => (await Promise.all(nodes.map(roleOf))).every((role) => role !== null));
  const sentinels = sentinelPorts.map((port) => startSentinel(join(dir, `sentinel-${port}`), port, redisPorts[0]!));
  const hosts = sentinelPorts.map((port) => `127.0.0.1:${port}`).join(",");
  const query = new URLSearchParams({ name: MASTER, sentinel_password: SENTINEL_PASSWORD });
  const masters = async (): Promise<RedisNode[]> => {
    const roles = await Promise.all(nodes.map(roleOf));
    return nodes.filter((_, index) => roles[index]?.isMaster === true);
  };
  const inStep = async (): Promise<boolean> => {
    const roles = await Promise.all(nodes.map(roleOf));
    return (
      roles.filter((role) => role?.isMaster === true && role.replicas === HOSTS - 1).length === 1 &&
      roles.every(Boolean)
    );
  };
  const settle = async (): Promise<void> => {
    await until("one Redis is the master of the others", inStep, 60_000);
    await until(
      "the sentinels agree on it",
      async () => {
        const [master] = await masters();
        const told = await Promise.all(sentinelPorts.map(masterToldBy));
        return told.every((port) => port === master?.port);
      },
      60_000,
    );
  };
  const another = async (before: RedisNode): Promise<void> => {
    await until("another Redis is the master", async () => (await masters()).some((node) => node !== before), 60_000);
  };
  await settle();
  const theMaster = async () => until("there is a master", async () => (await masters())[0]);
  let current = await theMaster();
  const start = async (node: RedisNode): Promise<void> => {
    // As the sentinels would have it in ten seconds.
    const [now] = await masters();
    const follows = now === undefined ? [] : ["--replicaof", `127.0.0.1 ${now.port}`];
    node.child = startTied("redis-server", [node.config, ...follows]);
    await settle();
    current = await theMaster();
  };
  const master = {
    pid: () => current.child.pid,
    kill: async () => {
      current = await theMaster();
      await current.child.kill();
    },
    start: async () => start(current),
  };
  return {
    master,
    url: `redis-sentinel://${USER}:${encodeURIComponent(PASSWORD)}@${hosts}/0?${query.toString()}`,
    async killMaster() {
      await master.kill();
      await another(current);
      await master.start();
    },
    async freezeMaster() {
      const frozen = await theMaster();
      process.kill(frozen.child.pid, "SIGSTOP");
      await another(frozen);
      process.kill(frozen.child.pid, "SIGCONT");
      await settle();
    },
    async withoutReplicas(what) {
      const alone = await theMaster();
      const replicas = nodes.filter((node) => node !== alone);
      await Promise.all(replicas.map(async (node) => node.child.kill()));
      try {
        return await what();
      } finally {
        for (const node of replicas) node.child = startTied("redis-server", [node.config]);
        await settle();
      }
    },
    async kill() {
      await Promise.all([...sentinels, ...nodes.map(({ child }) => child)].map(async (child) => child.kill()));
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function roleOf({ port }: RedisNode): Promise<{ readonly isMaster: boolean; readonly replicas: number } | null> {
  return ask(port, { username: USER, password: PASSWORD }, async (redis) => {
    const told = await redis.info("replication");
    const online = [...told.matchAll(/^slave\d+:.*state=online/gm)].length;
    const isLinked = /^role:master/m.test(told) || /^master_link_status:up/m.test(told);
    return isLinked ? { isMaster: /^role:master/m.test(told), replicas: online } : null;
  });
}

async function masterToldBy(port: number): Promise<number | null> {
  return ask(port, { password: SENTINEL_PASSWORD }, async (redis) => {
    const told = (await redis.call("SENTINEL", "master", MASTER)) as string[];
    const of = (name: string) => told[told.indexOf(name) + 1];
    // While it is in doubt, or being replaced, its flags say so.
    return of("flags") === "master" && of("num-other-sentinels") === "2" ? Number(of("port")) : null;
  });
}

async function ask<Answer>(
  port: number,
  login: object,
  question: (redis: Redis) => Promise<Answer>,
): Promise<Answer | null> {
  const redis = new Redis({
    port,
    ...login,
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 500,
    commandTimeout: 500,
    maxRetriesPerRequest: 0,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } catch {
    return null;
  } finally {
    redis.disconnect();
  }
}

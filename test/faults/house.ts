import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { oldestWaitingAt } from "../../src/store/ingest/buffer-depth.js";
import { REDIS_PREFIX } from "../../src/app.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { freePort } from "../../src/local/services/free-port.js";
import { Secret } from "../../src/secret.js";
import { openIngestBuffer, type IngestBuffer } from "../../src/store/ingest/ingest-buffer.js";
import { LANES, type Lane } from "../../src/store/ingest/lane.js";
import { RECORD_QUEUES } from "../../src/pipeline/ingest/record-events.js";
import { openStore, type Store } from "../../src/store/store.js";
import { openClient } from "../../src/store/redis/open-client.js";
import { startSentinelRedis } from "../helpers/sentinel-redis.js";
import { startShards } from "../helpers/start-shards.js";
import { runCommand } from "../helpers/logged-command.js";
import { until } from "../helpers/until.js";
import { startBreakingProxy, type BreakingProxy } from "./breaking-proxy.js";
import { supervise, type Supervised } from "./supervised.js";

/** A service that can be killed and started again at its address, or frozen. */
export interface Breakable {
  readonly pid: () => number;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** What a house has more of than one. */
export interface HouseParts {
  /** Whether its Redis is the master of two others, as sentinels say. */
  readonly replicated?: boolean;
  /** How many ClickHouse servers share the keys. */
  readonly shards?: number;
}

/** Two serves behind proxies, two works, a ClickHouse (or several) and a Redis of their own, all of which may be broken. */
export interface House {
  readonly urls: readonly string[];
  readonly token: string;
  readonly proxies: readonly BreakingProxy[];
  readonly serves: readonly Supervised[];
  readonly works: readonly Supervised[];
  readonly clickhouses: readonly Breakable[];
  readonly redis: Breakable;
  /** Commands to Redis that wait for it. */
  readonly redisClient: Redis;
  readonly ingestBuffer: IngestBuffer;
  readonly store: Store;
  readonly untilRecorded: (withinMs: number) => Promise<void>;
  readonly logs: () => string;
  readonly close: () => Promise<void>;
}

/** Starts a house; `env` is for its serves and works. */
export async function startHouse(
  { replicated = false, shards = 1 }: HouseParts = {},
  env: Readonly<Record<string, string>> = {},
): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-faults-"));
  mkdirSync(join(dir, "logs"));
  const [clickhouses, clickhouseUrl] = await startBreakableShards(join(dir, "clickhouse"), shards);
  const [redis, redisUrl, endRedis] = await (replicated ? startReplicatedRedis : startBreakableRedis)(
    join(dir, "redis"),
  );
  const migrated = await runCommand(["migrate"], { ...process.env, CLICKHOUSE_URL: clickhouseUrl });
  if (migrated.code !== 0) throw new Error(migrated.output);
  const token = randomBytes(24).toString("hex");
  const processEnv = {
    ...process.env,
    CLICKHOUSE_URL: clickhouseUrl,
    REDIS_URL: redisUrl,
    PLIMSOLL_INGEST_TOKENS: `ledger=${token}`,
    PLIMSOLL_BATCH_MAX_WAIT_MS: "200",
    ...(replicated ? { PLIMSOLL_DURABLE: "replica", PLIMSOLL_REPLICAS: process.env["TEST_REPLICAS"] ?? "2" } : {}),
    ...env,
  };
  const ports = [await freePort(), await freePort()];
  const proxies = await Promise.all(ports.map((port) => startBreakingProxy(port)));
  const serves = ports.map((port, index) =>
    supervise("serve", join(dir, "logs", `serve-${index}`), { ...processEnv, PLIMSOLL_HTTP_PORT: String(port) }),
  );
  const works = [0, 1].map((index) => supervise("work", join(dir, "logs", `work-${index}`), processEnv));
  const redisClient = openClient(new Secret(redisUrl), { maxRetriesPerRequest: null });
  redisClient.on("error", () => undefined);
  const ingestBuffer = openIngestBuffer(redisClient, REDIS_PREFIX, { maxRows: 1 });
  const store = openStore(new Secret(clickhouseUrl));
  const logs = () => [...serves, ...works].map((one) => one.logs()).join("\n");
  await until("both serves are up", () => serves.every((serve) => serve.logs().includes('"msg":"serving"')));
  return {
    urls: proxies.map(({ url }) => url),
    token,
    proxies,
    serves,
    works,
    clickhouses,
    redis,
    redisClient,
    ingestBuffer,
    store,
    logs,
    untilRecorded: async (withinMs) => {
      await until(
        "nothing waits in the intake",
        async () => oldestWaitingAt(await ingestBuffer.depth()) === null,
        withinMs,
      ).catch(async (error: unknown) => {
        const waiting = await Promise.all(LANES.map((lane) => whatWaits(redisClient, ingestBuffer, lane)));
        throw new Error(`what waits: ${JSON.stringify(waiting)}`, { cause: error });
      });
    },
    close: async () => {
      await Promise.all([...serves, ...works].map((one) => one.end()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      redisClient.disconnect();
      await store.close();
      await Promise.all([endRedis(), ...clickhouses.map((one) => one.kill())]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Blocks of a lane that are not recorded yet, with where BullMQ has the job of each of the first shard. */
async function whatWaits(redis: Redis, ingestBuffer: IngestBuffer, lane: Lane): Promise<unknown> {
  const queue = new Queue(RECORD_QUEUES[lane], { connection: redis, prefix: REDIS_PREFIX, skipVersionCheck: true });
  const states = async (id: string) => {
    const job = await queue.getJob(id.replaceAll(":", "_"));
    return [id, await job?.getState(), job?.attemptsMade, job?.stalledCounter, job?.failedReason];
  };
  const blocks = await Promise.all((await ingestBuffer.sealedIds(lane, 20)).map(states));
  const [workers, counts] = await Promise.all([queue.getWorkersCount(), queue.getJobCounts()]);
  return { lane, depth: (await ingestBuffer.depth())[lane], workers, counts, blocks };
}

async function startBreakableShards(dataDir: string, count: number): Promise<readonly [Breakable[], string]> {
  const { servers, restart, url } = await startShards(dataDir, count);
  const breakables = [...servers.keys()].map((index) => ({
    pid: () => servers[index]!.pid,
    kill: async () => servers[index]!.kill(),
    start: async () => restart(index),
  }));
  return [breakables, url];
}

type StartedRedis = readonly [Breakable, string, end: () => Promise<void>];

async function startReplicatedRedis(dataDir: string): Promise<StartedRedis> {
  const { master, url, kill } = await startSentinelRedis(dataDir);
  return [master, url, kill];
}

async function startBreakableRedis(dataDir: string): Promise<StartedRedis> {
  const address = { dataDir, port: await freePort() };
  let server: LocalRedis = await startRedis(address);
  const start = async () => {
    server = await startRedis(address);
  };
  const breakable = { pid: () => server.pid, kill: () => server.kill(), start };
  return [breakable, server.url, breakable.kill];
}

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { LocalClickHouse } from "../../../src/local/services/embedded-clickhouse.js";
import { startRedis } from "../../../src/local/services/embedded-redis.js";
import { Secret } from "../../../src/secret.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { runCommand, startCommand, type RunningCommand } from "../../helpers/logged-command.js";
import { until } from "../../helpers/until.js";

/** Serve, work and a Redis of their own, writing into a database of the bench's ClickHouse. */
export interface FullPath {
  readonly url: string;
  readonly token: string;
  readonly store: Store;
  /** Process ids by name, with ClickHouse. */
  readonly pids: Readonly<Record<string, number>>;
  /** Waits until the roll-ups know of so many requests. */
  readonly untilRecorded: (requests: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Opens a migrated database of that name. */
export async function openDatabase(clickhouse: LocalClickHouse, name: string): Promise<{ url: string; store: Store }> {
  const url = new URL(clickhouse.url);
  url.pathname = `/plimsoll_bench_${name}`;
  const migrated = await runCommand(["migrate"], { ...process.env, CLICKHOUSE_URL: url.href });
  if (migrated.code !== 0) throw new Error(migrated.output);
  return { url: url.href, store: openStore(new Secret(url.href)) };
}

/** Starts everything that stands between a POST and ClickHouse, as processes. */
export async function startFullPath(clickhouse: LocalClickHouse, dir: string, name: string): Promise<FullPath> {
  const redis = await startRedis({ dataDir: join(dir, `${name}-redis`) });
  const { url: databaseUrl, store } = await openDatabase(clickhouse, name);
  const token = randomBytes(24).toString("hex");
  const env = {
    ...process.env,
    CLICKHOUSE_URL: databaseUrl,
    REDIS_URL: redis.url,
    PLIMSOLL_INGEST_TOKENS: `bench=${token}`,
    // As the Docker image has it.
    NODE_OPTIONS: "--max-semi-space-size=4",
    PLIMSOLL_HTTP_PORT: "0",
    PLIMSOLL_TOKEN_EVENTS_PER_SECOND: "0",
  };
  const start = async (command: "serve" | "work", ready: RegExp): Promise<[RunningCommand, string]> => {
    const running = startCommand(command, join(dir, `${name}-${command}.log`), env);
    const [, found = ""] = await until(`${command} is up`, () => ready.exec(running.log()) ?? undefined);
    return [running, found];
  };
  const [serve, url] = await start("serve", /"url":"([^"]+)"[^\n]*"msg":"serving"/);
  const [work] = await start("work", /"msg":"(working)"/);
  // Half a million prefixes are written once a month, and not while anybody measures.
  await until("the networks are there", async () => (await store.networks.readNetworksState()) ?? undefined, 120_000);
  return {
    url,
    token,
    store,
    pids: { serve: serve.pid, work: work.pid, redis: redis.pid, clickhouse: clickhouse.pid },
    untilRecorded: async (requests) => {
      await until(
        `${requests} requests are in the roll-ups`,
        async () => (await countRequests(store)) >= requests,
        300_000,
      );
    },
    stop: async () => {
      await Promise.all([serve.stop(), work.stop()]);
      await redis.stop();
      await store.close();
    },
  };
}

/** Requests that the last roll-up to be filled knows of. */
async function countRequests(store: Store): Promise<number> {
  const query =
    "SELECT toUInt32(min(requests)) AS n FROM (SELECT sum(requests) AS requests FROM usage_hours UNION ALL SELECT sum(requests) FROM route_hours)";
  const answer = await store.client.query({ query, format: "JSONEachRow" });
  const [row] = await answer.json<{ n: number }>();
  return row?.n ?? 0;
}

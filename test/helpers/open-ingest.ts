import { once } from "node:events";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { Registry } from "prom-client";
import { accessToken } from "../../src/http/access.js";
import { openBodyBudget } from "../../src/http/body-budget.js";
import { eventsRoutes } from "../../src/http/events-route.js";
import { healthRoute } from "../../src/http/health-route.js";
import { openIngestMetrics } from "../../src/http/ingest-metrics.js";
import { LeastRate, type LeastRateLimits } from "../../src/http/least-rate.js";
import { openServer, type Server } from "../../src/http/server.js";
import { openTokenQuota } from "../../src/http/token-quota.js";
import type { Pressure } from "../../src/pipeline/ingest/judge-pressure.js";
import { IngestBufferFull, openGroupCommit } from "../../src/pipeline/ingest/commit-groups.js";
import { openIngestBuffer, type IngestBuffer, type IngestBufferBlock } from "../../src/store/ingest/ingest-buffer.js";
import { LANES, type Lane } from "../../src/store/ingest/lane.js";
import { Secret } from "../../src/secret.js";
import { openClient } from "../../src/store/redis/open-client.js";
import { openReplication, UNREPLICATED } from "../../src/store/redis/replication.js";
import { rules } from "./ingest-rules.js";
import { readPieces, type Row } from "./read-native.js";

export const INGEST_TOKEN = "ingest-token-for-tests";
export const OTHER_TOKEN = "another-ingest-token-here";
/** Events per second. */
const QUOTA = 10_000;
/** Partitions of old events per second, ten seconds' worth of them at once. */
export const PARTITION_QUOTA = 10;
const BUDGET_BYTES = 40 * 2 ** 20;
export const READ_TOKEN = "read-only-token-for-tests";
export const ADMIN_TOKEN = "admin-token-for-these-tests";

export interface OpenIngest {
  readonly server: Server;
  readonly redis: Redis;
  readonly ingestBuffer: IngestBuffer;
  /** Everything that was logged. */
  readonly logged: string[];
  /** What a test may turn while it runs. */
  readonly turns: { full: boolean; loseAnswers: boolean; pressed: Pressed };
  /** `query` follows the path, as `?format=nginx`. */
  post(body: string | Buffer, headers?: Record<string, string>, query?: string): Promise<Answer>;
  /** To a path with its query, with no header but those given. */
  postTo(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer>;
  /** Everything that was committed, sealed or not, seals what is open and forgets it all. */
  takeAll(): Promise<{
    readonly rows: Row[];
    readonly heartbeats: string[];
    readonly blocks: number;
    /** Rows in each lane, the live one first. */
    readonly lanes: readonly number[];
  }>;
  /** The reservations in Redis: hash, name and what a repeat is answered from. */
  reservations(): Promise<{ readonly hash: string; readonly name: string; readonly value: string }[]>;
  close(): Promise<void>;
}

/** What is not taken now: everything, everything old, or what one source sends. */
export type Pressed = "" | "all" | "backfill" | "acme";

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

/** The real HTTP server in front of a real ingest buffer in the Redis at `url`, under a prefix of its own. */
export async function openIngest(
  url: string,
  options: {
    readonly leastRate?: LeastRateLimits;
    readonly maxConnections?: number;
    readonly quota?: number;
    readonly deduplicateIds?: boolean;
    /** How many replicas an answer waits for. */
    readonly replicas?: number;
  } = {},
): Promise<OpenIngest> {
  const prefix = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  // No commandTimeout: the deadline of the submission itself is on trial.
  const patience = { enableOfflineQueue: false, maxRetriesPerRequest: 1, connectTimeout: 1500 };
  const redis = openClient(new Secret(url), { ...patience, retryStrategy: () => 100 });
  redis.on("error", () => {});
  if (redis.status !== "ready") await once(redis, "ready");
  const turns: OpenIngest["turns"] = { full: false, loseAnswers: false, pressed: "" };
  const pressedBy = (what: Pressed): Pressure | null =>
    turns.pressed === what ? { reason: "too_old", message: `too old: ${what}`, retryAfterSeconds: 7 } : null;
  const replication =
    options.replicas === undefined ? UNREPLICATED : openReplication(redis, `${prefix}:replicated`, options.replicas);
  const ingestBuffer = openIngestBuffer(redis, prefix, { maxRows: 1500, replication });
  const logged: string[] = [];
  const registry = new Registry();
  const server = await openServer({
    log: pino({ level: "debug" }, { write: (line: string) => void logged.push(line) }),
    host: "127.0.0.1",
    port: 0,
    ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
    routes: [
      healthRoute({
        registry,
        readiness: async () => ({ ready: !turns.full, checks: { queue: turns.full } }),
      }),
      ...eventsRoutes({
        tokens: () => [
          accessToken("acme", "ingest", INGEST_TOKEN),
          accessToken("other", "ingest", OTHER_TOKEN),
          accessToken("viewer", "read", READ_TOKEN),
          accessToken("ops", "admin", ADMIN_TOKEN),
        ],
        rulesAt: () => rules(),
        metrics: openIngestMetrics(registry),
        now: Date.now,
        pressure: {
          current: () => pressedBy("all"),
          ofBackfill: () => pressedBy("backfill"),
          ofRepeats: (source) => (source === "acme" ? pressedBy("acme") : null),
        },
        quota: openTokenQuota(options.quota ?? QUOTA),
        partitionQuota: openTokenQuota(PARTITION_QUOTA),
        budget: openBodyBudget(BUDGET_BYTES),
        leastRate: new LeastRate(options.leastRate),
        commit: openGroupCommit({
          ingestBuffer: {
            async commit(group) {
              if (turns.full) throw new IngestBufferFull("full");
              const result = await ingestBuffer.commit(group);
              if (turns.loseAnswers) throw new Error("the answer is lost");
              return result;
            },
          },
          onSealed: () => undefined,
          onOpen: () => undefined,
          onAccepted: () => undefined,
          process: "test",
          now: Date.now,
          maxEvents: 1500,
          shards: 1,
          deduplicateIds: options.deduplicateIds ?? false,
        }),
      }),
    ],
  });
  const postTo: OpenIngest["postTo"] = async (path, body, headers) => {
    const answer = await fetch(server.url + path, {
      method: "POST",
      body: typeof body === "string" ? body : new Uint8Array(body),
      headers,
    });
    const text = await answer.text();
    return {
      status: answer.status,
      retryAfter: answer.headers.get("retry-after"),
      body: JSON.parse(text) as Record<string, unknown>,
    };
  };
  return {
    server,
    redis,
    ingestBuffer,
    logged,
    turns,
    post(body, headers = {}, query = "") {
      const own = { authorization: `Bearer ${INGEST_TOKEN}`, "content-type": "application/x-ndjson" };
      return postTo(`/v1/events${query}`, body, { ...own, ...headers });
    },
    postTo,
    async takeAll() {
      const blocks: (IngestBufferBlock & { readonly lane: Lane })[] = [];
      for (const lane of LANES) {
        await ingestBuffer.seal(lane, 0);
        for (const id of await ingestBuffer.sealedIds(lane, 1000)) {
          blocks.push({ lane, ...(await ingestBuffer.read(id))! });
          await ingestBuffer.forget(id);
        }
      }
      return {
        rows: readPieces(blocks.flatMap(({ pieces }) => pieces)),
        heartbeats: blocks.flatMap((block) => block.heartbeats.map(({ source }) => source)),
        blocks: blocks.length,
        lanes: LANES.map((lane) => readPieces(blocks.flatMap((one) => (one.lane === lane ? one.pieces : []))).length),
      };
    },
    async reservations() {
      const hashes = await redis.keys(`${prefix}:repeats:[0-9]*`);
      const found = await Promise.all(
        hashes.map(async (hash) =>
          Object.entries(await redis.hgetall(hash)).map(([name, value]) => ({ hash, name, value })),
        ),
      );
      return found.flat();
    },
    async close() {
      await server.close();
      redis.disconnect();
    },
  };
}

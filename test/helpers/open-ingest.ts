import { once } from "node:events";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { pino } from "pino";
import { Registry } from "prom-client";
import { accessToken } from "../../src/http/access.js";
import { eventsRoute } from "../../src/http/events-route.js";
import { healthRoute } from "../../src/http/health-route.js";
import { openIngestMetrics } from "../../src/http/ingest-metrics.js";
import { openServer, type Server } from "../../src/http/server.js";
import { RECORD_EVENTS, type RecordBatch } from "../../src/pipeline/record-events.js";
import { QueueFull } from "../../src/pipeline/submit-batch.js";
import { openBatchReservations } from "../../src/store/batch-reservations.js";
import { rules } from "./ingest-rules.js";

export const INGEST_TOKEN = "ingest-token-for-tests";
export const OTHER_TOKEN = "another-ingest-token-here";
export const READ_TOKEN = "read-only-token-for-tests";

export interface OpenIngest {
  readonly server: Server;
  readonly redis: Redis;
  readonly queue: Queue<RecordBatch>;
  /** Everything that was logged. */
  readonly logged: string[];
  /** What a test may turn while it runs. */
  readonly turns: { full: boolean; crashAfterAdd: boolean };
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  batches(): Promise<RecordBatch[]>;
  /** Names of the reservations in Redis. */
  reservations(): Promise<string[]>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

/** The real HTTP server in front of a real queue in the Redis at `url`, under a prefix of its own. */
export async function openIngest(url: string): Promise<OpenIngest> {
  const prefix = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  // No commandTimeout: the deadline of the submission itself is on trial.
  const patience = { enableOfflineQueue: false, maxRetriesPerRequest: 1, connectTimeout: 1500 };
  const redis = new Redis(url, { ...patience, retryStrategy: () => 100 });
  const queue = new Queue<RecordBatch>(RECORD_EVENTS, {
    prefix,
    connection: { url, ...patience, retryStrategy: () => 100 },
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  redis.on("error", () => {});
  queue.on("error", () => {});
  if (redis.status !== "ready") await once(redis, "ready");
  // Without waiting for readiness, the queue refuses commands until it is connected.
  for (let ready = false; !ready;) ready = await queue.count().then(() => true, later);
  const turns = { full: false, crashAfterAdd: false };
  const logged: string[] = [];
  const registry = new Registry();
  const server = await openServer({
    log: pino({ level: "debug" }, { write: (line: string) => void logged.push(line) }),
    host: "127.0.0.1",
    port: 0,
    routes: [
      healthRoute({
        registry,
        readiness: async () => ({ ready: !turns.full, checks: { queue: turns.full } }),
      }),
      eventsRoute({
        tokens: () => [
          accessToken("acme", "ingest", INGEST_TOKEN),
          accessToken("other", "ingest", OTHER_TOKEN),
          accessToken("viewer", "read", READ_TOKEN),
        ],
        rulesAt: () => rules(),
        metrics: openIngestMetrics(registry),
        now: Date.now,
        submit: {
          reservations: openBatchReservations(redis, prefix),
          async enqueue(jobId, data) {
            if (turns.full) throw new QueueFull("full");
            await queue.add(RECORD_EVENTS, data, { jobId, deduplication: { id: jobId } });
            if (turns.crashAfterAdd) throw new Error("the process dies here");
          },
        },
      }),
    ],
  });
  return {
    server,
    redis,
    queue,
    logged,
    turns,
    async post(body, headers = {}) {
      const answer = await fetch(`${server.url}/v1/events`, {
        method: "POST",
        body: typeof body === "string" ? body : new Uint8Array(body),
        headers: {
          authorization: `Bearer ${INGEST_TOKEN}`,
          "content-type": "application/x-ndjson",
          ...headers,
        },
      });
      const text = await answer.text();
      return {
        status: answer.status,
        retryAfter: answer.headers.get("retry-after"),
        body: JSON.parse(text) as Record<string, unknown>,
      };
    },
    batches: async () => (await queue.getJobs(["waiting"])).map((job) => job.data),
    reservations: () => redis.keys(`${prefix}:batch:*`),
    async close() {
      await server.close();
      if (redis.status === "ready") await queue.obliterate({ force: true });
      await queue.close();
      redis.disconnect();
    },
  };
}

async function later(): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return false;
}

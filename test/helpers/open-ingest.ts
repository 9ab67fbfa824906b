import { once } from "node:events";
import { Redis } from "ioredis";
import { pino } from "pino";
import { Registry } from "prom-client";
import { accessToken } from "../../src/http/access.js";
import { openBodyBudget } from "../../src/http/body-budget.js";
import { openEventQuota } from "../../src/http/event-quota.js";
import { eventsRoute } from "../../src/http/events-route.js";
import { healthRoute } from "../../src/http/health-route.js";
import { openIngestMetrics } from "../../src/http/ingest-metrics.js";
import { openServer, type Server } from "../../src/http/server.js";
import { IntakeFull, openGroupCommit } from "../../src/pipeline/commit-groups.js";
import { openIntake, type Intake } from "../../src/store/intake.js";
import { rules } from "./ingest-rules.js";
import { readPieces, type Row } from "./read-native.js";

export const INGEST_TOKEN = "ingest-token-for-tests";
export const OTHER_TOKEN = "another-ingest-token-here";
/** Events per second. */
export const QUOTA = 10_000;
export const READ_TOKEN = "read-only-token-for-tests";
export const ADMIN_TOKEN = "admin-token-for-these-tests";

export interface OpenIngest {
  readonly server: Server;
  readonly redis: Redis;
  readonly intake: Intake;
  /** Everything that was logged. */
  readonly logged: string[];
  /** What a test may turn while it runs. */
  readonly turns: { full: boolean; loseAnswers: boolean; pressed: boolean };
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  /** Everything that was committed, sealed or not, seals what is open and forgets it all. */
  takeAll(): Promise<{ readonly rows: Row[]; readonly heartbeats: string[]; readonly blocks: number }>;
  /** Names of the reservations in Redis. */
  reservations(): Promise<string[]>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

/** The real HTTP server in front of a real intake in the Redis at `url`, under a prefix of its own. */
export async function openIngest(url: string): Promise<OpenIngest> {
  const prefix = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  // No commandTimeout: the deadline of the submission itself is on trial.
  const patience = { enableOfflineQueue: false, maxRetriesPerRequest: 1, connectTimeout: 1500 };
  const redis = new Redis(url, { ...patience, retryStrategy: () => 100 });
  redis.on("error", () => {});
  if (redis.status !== "ready") await once(redis, "ready");
  const turns = { full: false, loseAnswers: false, pressed: false };
  const intake = openIntake(redis, prefix, { maxRows: 1500 });
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
          accessToken("ops", "admin", ADMIN_TOKEN),
        ],
        rulesAt: () => rules(),
        metrics: openIngestMetrics(registry),
        now: Date.now,
        pressure: () => (turns.pressed ? { reason: "too_old", message: "too old" } : null),
        quota: openEventQuota(QUOTA),
        budget: openBodyBudget(24 * 2 ** 20),
        commit: openGroupCommit({
          intake: {
            async commit(group) {
              if (turns.full) throw new IntakeFull("full");
              const result = await intake.commit(group);
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
        }),
      }),
    ],
  });
  return {
    server,
    redis,
    intake,
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
    async takeAll() {
      await intake.seal(0);
      const blocks = [];
      for (const id of await intake.sealedIds(1000)) {
        blocks.push((await intake.read(id))!);
        await intake.forget(id);
      }
      return {
        rows: readPieces(blocks.flatMap(({ pieces }) => pieces)),
        heartbeats: blocks.flatMap((block) => block.heartbeats.map(({ source }) => source)),
        blocks: blocks.length,
      };
    },
    reservations: () => redis.keys(`${prefix}:batch:*`),
    async close() {
      await server.close();
      redis.disconnect();
    },
  };
}

import { once } from "node:events";
import type { Redis } from "ioredis";
import type { Log } from "../../log.js";
import type { Secret } from "../../secret.js";
import { openClient } from "./open-client.js";

/** The same problem of a connection is not logged again within this time. */
const SAME_PROBLEM_MS = 30_000;

/**
 * A connection that answers at once while Redis is away, for what somebody waits for: ingest, schedules, readiness.
 * Commands fail after two seconds; the connection comes back by itself.
 */
export function openRedis(url: Secret, log: Log): Redis {
  const redis = openClient(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
    connectTimeout: 2000,
  });
  return withReportedProblems(redis, log);
}

/** A connection for workers: it waits for Redis as long as it takes. */
export function openWorkerRedis(url: Secret, log: Log): Redis {
  return withReportedProblems(openClient(url, { maxRetriesPerRequest: null, connectTimeout: 10_000 }), log);
}

/** Waits, at most two seconds, for a connection that is still being made; what is asked of it then answers or fails by itself. */
export async function untilConnected(redis: Redis): Promise<void> {
  if (redis.status !== "connecting" && redis.status !== "connect") return;
  await once(redis, "ready", { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
}

/** Redis's own clock, epoch ms. Throws what Redis throws. */
export async function readRedisClock(redis: Redis): Promise<number> {
  const [seconds = NaN, micros = NaN] = await redis.time();
  return instantOf(seconds, micros);
}

/** Epoch ms of what TIME answers. */
function instantOf(seconds: string | number, micros: string | number): number {
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

function withReportedProblems(redis: Redis, log: Log): Redis {
  let reportedAt = 0;
  redis.on("error", (error: Error) => {
    if (Date.now() - reportedAt < SAME_PROBLEM_MS) return;
    reportedAt = Date.now();
    log.error({ problem: error.message }, "Redis is not reachable");
  });
  return redis;
}

import type { Redis } from "ioredis";

/** How Redis keeps what it was sent. */
export interface RedisPersistence {
  /** Whether it appends what it is sent to a file. */
  readonly isAppending: boolean;
  /** When it writes that file to disk (`always`, `everysec`, `no`); null where it may not be asked. */
  readonly appendfsync: string | null;
  /** Replicas that are connected to it. */
  readonly replicas: number;
}

/** Asks Redis how it keeps what it was sent. Throws what Redis throws. */
export async function readRedisPersistence(redis: Redis): Promise<RedisPersistence> {
  const isAppending = /^aof_enabled:1\r?$/m.test(await redis.info("persistence"));
  const setting = await redis.config("GET", "appendfsync").catch(() => null);
  const appendfsync = Array.isArray(setting) && typeof setting[1] === "string" ? setting[1] : null;
  const replicas = Number(/^connected_slaves:(\d+)/m.exec(await redis.info("replication"))?.[1] ?? 0);
  return { isAppending, appendfsync, replicas };
}

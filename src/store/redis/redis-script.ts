import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** Runs a Lua script by its digest, and sends its text to a Redis that does not know it yet. Throws what Redis throws. */
export type RunScript = (
  redis: Redis,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;

/** A script that runs as one step: all of it, or nothing when Redis dies or has no memory for its first write. */
export function redisScript(text: string): RunScript {
  const digest = createHash("sha1").update(text).digest("hex");
  return async (redis, keys, args) => {
    const given = [...keys, ...args];
    try {
      return await redis.evalsha(digest, keys.length, ...given);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return redis.eval(text, keys.length, ...given);
    }
  };
}

/** What a transaction answered. @throws the first error in it */
export function valuesOf(results: readonly [Error | null, unknown][] | null): unknown[] {
  return (results ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}

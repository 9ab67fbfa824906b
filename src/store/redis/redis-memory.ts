import type { Redis } from "ioredis";

/** What Redis uses, and what it may at most: 0 when nothing bounds it. */
export interface RedisMemory {
  readonly usedBytes: number;
  readonly maxBytes: number;
}

/** Asks Redis for its memory. Throws what Redis throws. */
export async function readRedisMemory(redis: Redis): Promise<RedisMemory> {
  const info = await redis.info("memory");
  const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return { usedBytes: read("used_memory"), maxBytes: read("maxmemory") };
}

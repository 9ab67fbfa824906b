import type { Redis } from "ioredis";

/** A process whose machine has a wrong clock. */
export interface SkewedProcess {
  /** What runs where: `work on host-7`. */
  readonly name: string;
  /** By how many ms its clock is ahead; negative when it is behind. */
  readonly aheadMs: number;
  /** Since when, epoch ms. */
  readonly since: number;
}

/** Processes say it every minute; what was not repeated for so long has ended. */
const FORGET_AFTER_MS = 3 * 60_000;

/** Processes without a port say here, in Redis under `<prefix>:skewed`, that their clock is wrong. Every function throws what Redis throws. */
export function openSkewedProcesses(redis: Redis, prefix: string) {
  const name = `${prefix}:skewed`;
  return {
    async report(process: SkewedProcess, now: number): Promise<void> {
      await redis.hset(name, process.name, `${Math.round(process.aheadMs)} ${process.since} ${now}`);
    },
    async clear(process: string): Promise<void> {
      await redis.hdel(name, process);
    },
    /** Those that said so lately, by an instant (epoch ms) of the one clock. */
    async read(now: number): Promise<SkewedProcess[]> {
      const kept = await redis.hgetall(name);
      return Object.entries(kept).flatMap(([process, text]) => {
        const [aheadMs = NaN, since = NaN, saidAt = NaN] = text.split(" ").map(Number);
        return now - saidAt > FORGET_AFTER_MS ? [] : [{ name: process, aheadMs, since }];
      });
    },
  };
}

import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";

const [KEPT_MS, RENEW_MS, AGAIN_MS] = [6000, 2000, 500];

/** What only one process does at a time. */
export interface Lock {
  /** Rejects when somebody else may have it; never settles otherwise. */
  readonly lost: Promise<never>;
  readonly release: () => Promise<void>;
}

const RENEW =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
const RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/** Waits for a lock and keeps it; one whose holder was killed is free some seconds later. Throws what Redis throws. */
export async function holdLock(redis: Redis, name: string, onWait: () => void): Promise<Lock> {
  const mine = randomUUID();
  for (let tries = 0; (await redis.set(name, mine, "PX", KEPT_MS, "NX")) === null; tries += 1) {
    if (tries === 0) onWait();
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    const renew = async () => {
      if ((await redis.eval(RENEW, 1, name, mine, KEPT_MS)) !== 1)
        throw new Error("another `plimsoll shards add` is at work: this one ends, and may be run again");
    };
    timer = setInterval(() => void renew().catch(reject), RENEW_MS);
  });
  lost.catch(() => undefined);
  return {
    lost,
    release: async () => {
      clearInterval(timer);
      await redis.eval(RELEASE, 1, name, mine).catch(() => undefined);
    },
  };
}

import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

/** Jobs of each kind that are looked at: waiting ones are in order; of those that wait for another try this many will do. */
const LOOKED_AT = 200;

/** When the oldest job that has not ended was added (epoch ms), be it waiting, under way or to be tried again; null when there is none. */
export async function oldestJobAt(redis: Redis, queue: Queue): Promise<number | null> {
  const ids = (
    await Promise.all([
      queue.getRanges(["waiting"], 0, 0, true),
      queue.getRanges(["active"], 0, LOOKED_AT, true),
      queue.getRanges(["delayed"], 0, LOOKED_AT, true),
    ])
  ).flat();
  if (ids.length === 0) return null;
  // Only the timestamp is read: a job's data may be a megabyte.
  const times = await Promise.all(ids.map(async (id) => redis.hget(queue.toKey(id), "timestamp")));
  const known = times.filter((time) => time !== null).map(Number);
  return known.length === 0 ? null : Math.min(...known);
}

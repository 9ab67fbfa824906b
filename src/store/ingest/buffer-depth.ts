import type { Redis } from "ioredis";
import type { Lane } from "./lane.js";
import { readRedisClock } from "../redis/redis.js";
import { valuesOf } from "../redis/values-of.js";

/** What waits in a lane, and for how long. */
export interface LaneDepth {
  readonly rows: number;
  readonly bytes: number;
  readonly blocks: number;
  /** Epoch milliseconds of Redis's clock; null when nothing waits. */
  readonly oldestAt: number | null;
}

/** What waits in both lanes. */
export interface IngestBufferDepth extends Readonly<Record<Lane, LaneDepth>> {
  /** When that was so, epoch milliseconds of Redis's clock. */
  readonly readAt: number;
}

/** Since when the oldest waits, in whichever lane, epoch milliseconds of Redis's clock; null when nothing waits. */
export function oldestWaitingAt({ live, backfill }: IngestBufferDepth): number | null {
  if (live.oldestAt === null || backfill.oldestAt === null) return live.oldestAt ?? backfill.oldestAt;
  return Math.min(live.oldestAt, backfill.oldestAt);
}

/** Since when the oldest of a lane waits, by the clock that tells `now` (epoch ms), which may not be Redis's; null when nothing waits. */
export function waitsSince(depth: IngestBufferDepth, lane: Lane, now: number): number | null {
  const { oldestAt } = depth[lane];
  return oldestAt === null ? null : now - (depth.readAt - oldestAt);
}

/** What waits in the ingest buffer of that name. Throws what Redis throws. */
export async function readIngestBufferDepth(redis: Redis, name: string): Promise<IngestBufferDepth> {
  const [live, backfill, readAt] = await Promise.all([
    readLane(redis, name, "live"),
    readLane(redis, name, "backfill"),
    readRedisClock(redis),
  ]);
  return { live, backfill, readAt };
}

async function readLane(redis: Redis, name: string, lane: Lane): Promise<LaneDepth> {
  const results = await redis
    .multi()
    .hmget(`${name}:totals`, `${lane}:rows`, `${lane}:bytes`)
    .zcard(`${name}:${lane}:blocks`)
    .zrange(`${name}:${lane}:blocks`, "0", "0", "WITHSCORES")
    .zrange(`${name}:${lane}:open`, "0", "0", "WITHSCORES")
    .exec();
  const [[rows, bytes], blocks, ...oldest] = valuesOf(results) as [(string | null)[], number, unknown[], unknown[]];
  // One list or a list of pairs, as the protocol has it.
  const instants = oldest.flatMap((pair) => pair.flat()[1] ?? []).map(Number);
  return {
    rows: Number(rows ?? 0),
    bytes: Number(bytes ?? 0),
    blocks,
    oldestAt: instants.length === 0 ? null : Math.min(...instants),
  };
}

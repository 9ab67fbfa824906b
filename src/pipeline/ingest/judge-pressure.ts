import type { IngestBufferDepth } from "../../store/ingest/buffer-depth.js";
import type { Lane } from "../../store/ingest/lane.js";
import type { RedisMemory } from "../../store/redis/redis-memory.js";

/** How much may wait before ingest takes no more. */
export interface PressureLimits {
  /** Share of Redis's maxmemory, percent: what is left is for the workers, which at 100 % can do nothing any more. */
  readonly memoryPercent: number;
  /** Events that wait for ClickHouse, in each lane. */
  readonly events: number;
  /** Age of the oldest of them, minutes. */
  readonly ageMinutes: number;
}

/** What was read at one moment. */
export interface PressureReading {
  readonly depth: IngestBufferDepth;
  readonly memory: RedisMemory;
  /** What each source's repeats are recognised by, in bytes. */
  readonly keptBytes: ReadonlyMap<string, number>;
}

/** Why something is not taken now, and in how many seconds to ask again. */
export interface Pressure {
  readonly reason: "redis_memory" | "too_many_events" | "too_old" | "repeat_memory";
  readonly message: string;
  readonly retryAfterSeconds: number;
}

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;
/** A queue drains in tens of seconds. */
const RETRY_WHEN_FULL_SECONDS = 30;
/** What repeats are recognised by goes hours after it came. */
const RETRY_WHEN_KEPT_SECONDS = 900;
/** Of the memory that may be used: old events leave the rest to live ones. */
const BACKFILL_SHARE = 3 / 4;
/** Of the memory that may be used: no source's repeats take more. */
const REPEATS_SHARE = 1 / 4;

/** Whether there is room for anything, `addedBytes` of which were committed since the reading; null when there is. */
export function judgePressure(reading: PressureReading, limits: PressureLimits, addedBytes: number): Pressure | null {
  return judgeMemory(reading, limits, addedBytes, 1) ?? judgeLane(reading, limits, "live");
}

/** Whether there is room for old events: they are refused first, and for what waits in their own lane alone. */
export function judgeBackfill(reading: PressureReading, limits: PressureLimits, addedBytes: number): Pressure | null {
  return judgeMemory(reading, limits, addedBytes, BACKFILL_SHARE) ?? judgeLane(reading, limits, "backfill");
}

/** Whether a source may send a further body, going by what its former ones left behind. */
export function judgeRepeats(
  { memory, keptBytes }: PressureReading,
  limits: PressureLimits,
  source: string,
): Pressure | null {
  const share = usable(memory, limits) * REPEATS_SHARE;
  if (memory.maxBytes === 0 || (keptBytes.get(source) ?? 0) <= share) return null;
  return {
    reason: "repeat_memory",
    message: `the memory for recognising repeats of this token's bodies of the last 24 hours is full (${mib(share)}): put more events into each body`,
    retryAfterSeconds: RETRY_WHEN_KEPT_SECONDS,
  };
}

function usable({ maxBytes }: RedisMemory, { memoryPercent }: PressureLimits): number {
  return (maxBytes * memoryPercent) / 100;
}

function judgeMemory(
  { memory, depth, keptBytes }: PressureReading,
  limits: PressureLimits,
  addedBytes: number,
  share: number,
): Pressure | null {
  if (memory.maxBytes === 0 || memory.usedBytes + addedBytes <= usable(memory, limits) * share) return null;
  const kept = [...keptBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const held = `${mib(depth.live.bytes + depth.backfill.bytes)} wait for ClickHouse, ${mib(kept)} serve to recognise repeats`;
  return {
    reason: "redis_memory",
    message: `Redis is nearly full (${mib(memory.usedBytes)} of ${mib(memory.maxBytes)}; ${held}): send again later`,
    retryAfterSeconds: RETRY_WHEN_FULL_SECONDS,
  };
}

function judgeLane({ depth }: PressureReading, limits: PressureLimits, lane: Lane): Pressure | null {
  const { rows, oldestAt } = depth[lane];
  const what = lane === "live" ? "events" : "events from before yesterday";
  const retryAfterSeconds = RETRY_WHEN_FULL_SECONDS;
  if (rows > limits.events) {
    const message = `too many ${what} wait for ClickHouse: send again later`;
    return { reason: "too_many_events", message, retryAfterSeconds };
  }
  if (oldestAt === null || depth.readAt - oldestAt <= limits.ageMinutes * MINUTE_MS) return null;
  const message = `${what} have waited for ClickHouse for too long: send again later`;
  return { reason: "too_old", message, retryAfterSeconds };
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB).toLocaleString("en-US")} MB`;
}

import type { IntakeDepth } from "../store/intake.js";
import type { RedisMemory } from "../store/redis-memory.js";

/** How much may wait before ingest takes no more. */
export interface PressureLimits {
  /** Share of Redis's maxmemory, percent: what is left is for the workers, which at 100 % can do nothing any more. */
  readonly memoryPercent: number;
  /** Events that wait for ClickHouse. */
  readonly events: number;
  /** Age of the oldest of them, minutes. */
  readonly ageMinutes: number;
}

/** What was read at one moment. */
export interface PressureReading {
  readonly depth: IntakeDepth;
  readonly memory: RedisMemory;
}

/** Why nothing is taken now. */
export interface Pressure {
  readonly reason: "redis_memory" | "too_many_events" | "too_old";
  readonly message: string;
}

const MINUTE_MS = 60_000;

/** Whether there is room for more, `addedBytes` of which were committed since the reading; null when there is. */
export function judgePressure(
  { depth, memory }: PressureReading,
  limits: PressureLimits,
  addedBytes: number,
): Pressure | null {
  if (memory.maxBytes > 0 && memory.usedBytes + addedBytes > (memory.maxBytes * limits.memoryPercent) / 100) {
    return { reason: "redis_memory", message: "Redis is nearly full of what waits for ClickHouse: send again later" };
  }
  if (depth.rows > limits.events) {
    return { reason: "too_many_events", message: "too many events wait for ClickHouse: send again later" };
  }
  if (depth.oldestAt !== null && depth.readAt - depth.oldestAt > limits.ageMinutes * MINUTE_MS) {
    return { reason: "too_old", message: "events wait for ClickHouse for too long already: send again later" };
  }
  return null;
}

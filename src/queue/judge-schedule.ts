import { getNextMillis } from "bullmq";
import { MAX_SKEW_MS } from "../time/clock.js";

/** A schedule as Redis holds it. */
export interface KnownSchedule {
  readonly pattern: string | undefined;
  readonly tz: string | undefined;
  /** Epoch ms of the next run. */
  readonly nextAt: number | null;
  /** True while the job of the next run is in Redis. */
  readonly hasJob: boolean;
}

/** How a schedule stands. `too_far`: its next run is further away than a period; `broken`: its next run is past, and no job is there to run. */
export type ScheduleState = "right" | "absent" | "changed" | "too_far" | "broken";

/** A run is taken up within seconds; this much later its job is missed rather than about to be added. */
const LATE_MS = 60_000;

/** Judges a schedule against the UTC pattern that is declared, at an instant (epoch ms). */
export function judgeSchedule(known: KnownSchedule | null, pattern: string, now: number): ScheduleState {
  if (known === null || known.nextAt === null) return "absent";
  if (known.pattern !== pattern || known.tz !== "UTC") return "changed";
  if (known.nextAt - now > periodOf(pattern, now) + MAX_SKEW_MS) return "too_far";
  return now - known.nextAt > LATE_MS && !known.hasJob ? "broken" : "right";
}

/** Milliseconds between the two runs of a UTC pattern that follow an instant (epoch ms). */
function periodOf(pattern: string, now: number): number {
  const next = getNextMillis(now, { pattern, tz: "UTC" }) ?? now;
  return (getNextMillis(next, { pattern, tz: "UTC" }) ?? next) - next;
}

import type { Queue } from "bullmq";
import type { KnownSchedule } from "./judge-schedule.js";

/** A queue's schedule of a name as Redis holds it, or null. Throws what Redis throws. */
export async function readSchedule(queue: Queue, name: string): Promise<KnownSchedule | null> {
  const found = await queue.getJobScheduler(name);
  if (found === undefined || found === null) return null;
  const nextAt = found.next ?? null;
  const hasJob = nextAt !== null && (await queue.getJob(`repeat:${name}:${nextAt}`)) !== undefined;
  return { pattern: found.pattern, tz: found.tz, nextAt, hasJob };
}

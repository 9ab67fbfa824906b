import type { JobDefinition } from "./define-job.js";
import type { Queues } from "./open-queues.js";

/**
 * Makes the schedules in Redis those that are declared: others are removed, and one is only written when it changed, because
 * writing an unchanged one would drop a run that is overdue.
 */
export async function syncSchedules(queues: Queues, jobs: readonly JobDefinition[]): Promise<void> {
  for (const job of jobs) {
    const queue = queues.of(job.name);
    for (const known of await queue.getJobSchedulers()) {
      if (known.key !== job.name || job.schedule === undefined) await queue.removeJobScheduler(known.key);
    }
    if (job.schedule === undefined) continue;
    const current = await queue.getJobScheduler(job.name);
    if (current?.pattern === job.schedule && current.tz === "UTC") continue;
    await queue.upsertJobScheduler(
      job.name,
      { pattern: job.schedule, tz: "UTC" },
      {
        name: job.name,
        data: {},
        opts: { attempts: 1, removeOnComplete: true, removeOnFail: { age: 86_400, count: 100 } },
      },
    );
  }
}

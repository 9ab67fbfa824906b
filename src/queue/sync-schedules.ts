import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { JobDefinition } from "./define-job.js";
import type { Queues } from "./open-queues.js";

/** What a scheduled run is added with: a missed one is made up for by the next, so none is tried twice. */
const RUN_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: { age: 86_400, count: 100 } };

/**
 * Makes the schedules in Redis those that are declared: others are removed, also those of jobs that no longer exist, and one is
 * only written when it changed, because writing an unchanged one would drop a run that is overdue.
 */
export async function syncSchedules(
  redis: Redis,
  prefix: string,
  queues: Queues,
  jobs: readonly JobDefinition[],
): Promise<void> {
  const declared = new Set(jobs.map((job) => job.name));
  for (const name of await queueNames(redis, prefix)) {
    if (!declared.has(name)) await removeSchedulesOf(redis, prefix, name);
  }
  for (const job of jobs) {
    await syncSchedule(queues.of(job.name), job);
    await syncConcurrency(queues.of(job.name), job);
  }
}

async function syncConcurrency(queue: Queue, { oneAtATime }: JobDefinition): Promise<void> {
  const wanted = oneAtATime === true ? 1 : null;
  if ((await queue.getGlobalConcurrency()) === wanted) return;
  if (wanted === null) await queue.removeGlobalConcurrency();
  else await queue.setGlobalConcurrency(wanted);
}

async function syncSchedule(queue: Queue, { name, schedule }: JobDefinition): Promise<void> {
  for (const known of await queue.getJobSchedulers()) {
    if (known.key !== name || schedule === undefined) await queue.removeJobScheduler(known.key);
  }
  if (schedule === undefined) return;
  const current = await queue.getJobScheduler(name);
  if (current?.pattern === schedule && current.tz === "UTC") return;
  await queue.upsertJobScheduler(name, { pattern: schedule, tz: "UTC" }, { name, data: {}, opts: RUN_OPTIONS });
}

async function removeSchedulesOf(redis: Redis, prefix: string, name: string): Promise<void> {
  const queue = new Queue(name, { connection: redis, prefix, skipVersionCheck: true });
  try {
    for (const known of await queue.getJobSchedulers()) await queue.removeJobScheduler(known.key);
  } finally {
    await queue.close();
  }
}

/** Names of all queues under a prefix: each has one key `<prefix>:<name>:meta`. Blocks of the intake have such keys too, with a colon, which no queue has. */
async function queueNames(redis: Redis, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  const pattern = `${prefix.replaceAll(/[*?[\]\\]/g, "\\$&")}:*:meta`;
  for (let cursor = "0"; ;) {
    const [next, keys] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 1000);
    names.push(
      ...keys.map((key) => key.slice(prefix.length + 1, -":meta".length)).filter((name) => !name.includes(":")),
    );
    if (next === "0") return names;
    cursor = next;
  }
}

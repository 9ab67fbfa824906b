import type { Redis } from "ioredis";
import { Queue } from "bullmq";
import { REDIS_PREFIX } from "../../src/app.js";
import { jobs } from "../../jobs/index.js";
import { judgeSchedule } from "../../src/queue/judge-schedule.js";
import { readSchedule } from "../../src/queue/read-schedule.js";

/** Every schedule that is not as it should be now, `job: how`. */
export async function wrongSchedules(redis: Redis): Promise<string[]> {
  const states = jobs.map(async ({ name, schedule }) => {
    if (schedule === undefined) return [];
    const queue = new Queue(name, { connection: redis, prefix: REDIS_PREFIX, skipMetasUpdate: true });
    const state = judgeSchedule(await readSchedule(queue, name), schedule, Date.now());
    await queue.close();
    return state === "right" ? [] : [`${name}: ${state}`];
  });
  return (await Promise.all(states)).flat();
}

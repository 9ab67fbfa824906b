import type { Redis } from "ioredis";
import { Queue } from "bullmq";
import { REDIS_PREFIX } from "../../src/app.js";
import { jobs } from "../../jobs/index.js";
import { judgeSchedule } from "../../src/queue/judge-schedule.js";
import { readSchedule } from "../../src/queue/read-schedule.js";

/** Every schedule that is not as it should be now, `job: how, its next run in N s`. */
export async function wrongSchedules(redis: Redis): Promise<string[]> {
  const states = jobs.map(async ({ name, schedule }) => {
    if (schedule === undefined) return [];
    const queue = new Queue(name, { connection: redis, prefix: REDIS_PREFIX, skipMetasUpdate: true });
    const known = await readSchedule(queue, name);
    const state = judgeSchedule(known, schedule, Date.now());
    await queue.close();
    const inSeconds = ((known?.nextAt ?? Number.NaN) - Date.now()) / 1000;
    return state === "right" ? [] : [`${name}: ${state}, its next run in ${inSeconds} s`];
  });
  return (await Promise.all(states)).flat();
}

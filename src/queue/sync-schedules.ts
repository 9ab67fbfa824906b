import { getNextMillis, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { MAX_SKEW_MS } from "../time/clock.js";
import type { JobSettings } from "./define-job.js";
import { judgeSchedule, type ScheduleState } from "./judge-schedule.js";
import type { Queues } from "./open-queues.js";
import { readSchedule } from "./read-schedule.js";

/** What a scheduled run is added with: a missed one is made up for by the next, so none is tried twice. */
const RUN_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: { age: 86_400, count: 100 } };

/** In one look: what is left is found the next time. */
const MOST_PROMOTED = 1000;
/** BullMQ orders delayed jobs by their instant in ms times this. */
const SCORE_OF_MS = 0x1000;

/**
 * Makes the schedules in Redis those that are declared, as of an instant (epoch ms): a lost one is written, and so is one whose next run
 * lies further away than a period, as a wrong clock leaves it, or has lost its job. One that is right is not written, because that would
 * drop a run that is overdue. Delayed jobs that a wrong clock put too far away are run now. What fails for one job stops no other.
 * @throws the first problem, when all were tried
 */
export async function syncSchedules(
  redis: Redis,
  queues: Queues,
  jobs: readonly JobSettings[],
  now: number,
): Promise<SyncReport> {
  const problems: unknown[] = [];
  const written: string[] = [];
  for (const job of jobs) {
    try {
      const queue = queues.of(job.name);
      const state = await syncSchedule(queue, job, now);
      if (state !== "right") written.push(`${job.name}: ${state}`);
      await syncConcurrency(queue, job);
      if (await promoteFarJobs(redis, queue, job, now)) written.push(`${job.name}: delayed too far`);
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
  return { written };
}

/** What was not as it should be, `job: state`. */
export interface SyncReport {
  readonly written: readonly string[];
}

/** Removes schedules of jobs that are not declared any more. Looks at every name in Redis: once per start. */
export async function removeStraySchedules(redis: Redis, prefix: string, jobs: readonly JobSettings[]): Promise<void> {
  const declared = new Set(jobs.map((job) => job.name));
  for (const name of await queueNames(redis, prefix)) {
    if (!declared.has(name)) await removeSchedulesOf(redis, prefix, name);
  }
}

async function syncConcurrency(queue: Queue, { oneAtATime }: JobSettings): Promise<void> {
  const wanted = oneAtATime === true ? 1 : null;
  if ((await queue.getGlobalConcurrency()) === wanted) return;
  if (wanted === null) await queue.removeGlobalConcurrency();
  else await queue.setGlobalConcurrency(wanted);
}

async function syncSchedule(queue: Queue, { name, schedule }: JobSettings, now: number): Promise<ScheduleState> {
  for (const known of await queue.getJobSchedulers()) {
    if (known.key !== name || schedule === undefined) await queue.removeJobScheduler(known.key);
  }
  if (schedule === undefined) return "right";
  const state = judgeSchedule(await readSchedule(queue, name), schedule, now);
  if (state !== "right") await writeSchedule(queue, name, schedule);
  return state;
}

/** Writes a schedule in place of what is left of another: a job that has the id of its next run would be in the way. */
async function writeSchedule(queue: Queue, name: string, pattern: string): Promise<void> {
  const repeat = { pattern, tz: "UTC" };
  const write = async () => queue.upsertJobScheduler(name, repeat, { name, data: {}, opts: RUN_OPTIONS });
  const inTheWay = `repeat:${name}:${getNextMillis(Date.now(), repeat)}`;
  try {
    await write();
  } catch {
    await (await queue.getJob(inTheWay))?.remove();
    await write();
  }
}

/** Runs jobs that wait to be tried again for longer than any backoff takes; those of schedules are the schedules' own. */
async function promoteFarJobs(redis: Redis, queue: Queue, job: JobSettings, now: number): Promise<boolean> {
  const from = (now + job.backoff.mostMs + MAX_SKEW_MS) * SCORE_OF_MS;
  const ids = await redis.zrangebyscore(queue.toKey("delayed"), from, "+inf", "LIMIT", 0, MOST_PROMOTED);
  const own = ids.filter((id) => !id.startsWith("repeat:"));
  for (const id of own) await (await queue.getJob(id))?.promote();
  return own.length > 0;
}

async function removeSchedulesOf(redis: Redis, prefix: string, name: string): Promise<void> {
  const queue = new Queue(name, { connection: redis, prefix, skipVersionCheck: true });
  try {
    for (const known of await queue.getJobSchedulers()) await queue.removeJobScheduler(known.key);
  } finally {
    await queue.close();
  }
}

/** Names of all queues under a prefix: each has one key `<prefix>:<name>:meta`. Blocks of the ingest buffer have such keys too, with a colon, which no queue has. */
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

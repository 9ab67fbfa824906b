import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { defineJob } from "../../src/queue/define-job.js";
import { readLastFailure } from "../../src/queue/read-last-failure.js";
import { startWorkers } from "../../src/queue/start-workers.js";
import { openLog } from "../../src/log.js";
import { openClock } from "../../src/time/clock.js";
import { until } from "../helpers/until.js";
import { openQueues } from "../../src/queue/open-queues.js";
import { removeStraySchedules, syncSchedules } from "../../src/queue/sync-schedules.js";
import { scratchPrefix, testServices } from "../helpers/services.js";

const prefix = scratchPrefix();
const redis = new Redis(testServices().redisUrl, { maxRetriesPerRequest: null });
const job = (name: string, schedule?: string) =>
  defineJob({
    name,
    ...(schedule === undefined ? {} : { schedule }),
    concurrency: 1,
    attempts: 1,
    backoff: { firstMs: 1, mostMs: 1 },
    run: async () => undefined,
  });
const HOUR = 3_600_000;
const nextOf = async (name: string) => (await queues.of(name).getJobScheduler(name))?.next;
const jobs = [job("hourly", "0 0 * * * *"), job("on-demand")];
const queues = openQueues(redis, prefix, jobs);

after(async () => {
  await queues.close();
  redis.disconnect();
});

test("only declared schedules stand in Redis after a start, also when a job was renamed and while blocks of the intake wait", async () => {
  await redis.hset(`${prefix}:intake:block:1:meta`, "rows", "1");
  const gone = new Queue("renamed-since", { connection: redis, prefix });
  await gone.upsertJobScheduler("renamed-since", { pattern: "0 * * * * *" }, { name: "renamed-since" });
  await queues.of("on-demand").upsertJobScheduler("stray", { pattern: "0 * * * * *" }, { name: "stray" });
  await removeStraySchedules(redis, prefix, jobs);
  await syncSchedules(redis, queues, jobs, Date.now());
  assert.deepEqual(await gone.getJobSchedulers(), []);
  assert.deepEqual(await queues.of("on-demand").getJobSchedulers(), []);
  const [schedule] = await queues.of("hourly").getJobSchedulers();
  assert.equal(schedule?.pattern, "0 0 * * * *");
  assert.equal(schedule.tz, "UTC");
  await gone.close();
});

test("an unchanged schedule is not written again, so that a run that is overdue is not dropped", async () => {
  await syncSchedules(redis, queues, jobs, Date.now());
  const [before] = await queues.of("hourly").getDelayed();
  await syncSchedules(redis, queues, jobs, Date.now());
  const [afterwards] = await queues.of("hourly").getDelayed();
  assert.ok(before !== undefined);
  assert.equal(afterwards?.timestamp, before.timestamp);
  await syncSchedules(redis, queues, [job("hourly", "0 30 * * * *"), job("on-demand")], Date.now());
  assert.equal((await queues.of("hourly").getJobScheduler("hourly"))?.pattern, "0 30 * * * *");
});

test("the newest failure of a job is told in its first words, without an address or the query that it quotes, and one from before is not", async (t) => {
  const failing = {
    ...job("on-demand"),
    run: async () =>
      Promise.reject(
        new Error("Timeout exceeded at http://default:hunter2@ch:8123/db: while executing SELECT 'acct_1'\n  at once"),
      ),
  };
  const log = openLog("silent");
  const clock = openClock([
    { name: "Redis", read: async () => Date.now() },
    { name: "ClickHouse", read: async () => Date.now() },
  ]);
  const workers = startWorkers({ clock, log }, redis, prefix, [failing]);
  t.after(() => workers.close(1000));
  const startedAt = Date.now();
  await queues.enqueue("on-demand", "fails", {});
  const reason = await until(
    "the failure is on file",
    async () => (await readLastFailure(queues.of("on-demand"), startedAt)) ?? undefined,
  );
  assert.equal(reason, "Timeout exceeded at …");
  assert.equal(await readLastFailure(queues.of("on-demand"), Date.now() + 1), null);
});

test("a schedule that a worker with a wrong clock moved, lost or left without its job is brought back, and a far delayed job runs", async () => {
  const now = Date.now();
  const poisoned = new Queue("hourly", {
    connection: redis,
    prefix,
    settings: { repeatStrategy: () => now + 4 * HOUR },
  });
  await poisoned.upsertJobScheduler("hourly", { pattern: "0 0 * * * *", tz: "UTC" }, { name: "hourly" });
  await poisoned.close();
  await queues.of("on-demand").add("on-demand", {}, { delay: 2 * HOUR, jobId: "retry" });
  assert.equal(await nextOf("hourly"), now + 4 * HOUR);
  assert.deepEqual((await syncSchedules(redis, queues, jobs, now)).written, [
    "hourly: too_far",
    "on-demand: delayed too far",
  ]);
  assert.ok(((await nextOf("hourly")) ?? Infinity) <= now + HOUR);
  assert.equal((await queues.of("hourly").getDelayed()).length, 1);
  assert.equal(await (await queues.of("on-demand").getJob("retry"))?.getState(), "waiting");

  const [run] = await queues.of("hourly").getDelayed();
  await redis.zrem(queues.of("hourly").toKey("delayed"), run?.id ?? "");
  await redis.del(queues.of("hourly").toKey(run?.id ?? ""));
  await redis.zadd(queues.of("hourly").toKey("repeat"), now - 5 * 60_000, "hourly");
  assert.deepEqual((await syncSchedules(redis, queues, jobs, now)).written, ["hourly: broken"]);

  await redis.del(queues.of("hourly").toKey("repeat"), queues.of("hourly").toKey("repeat:hourly"));
  assert.deepEqual((await syncSchedules(redis, queues, jobs, now)).written, ["hourly: absent"]);
  assert.deepEqual((await syncSchedules(redis, queues, jobs, now)).written, []);
});

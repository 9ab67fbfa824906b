import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Redis } from "ioredis";
import { openLog } from "../../src/log.js";
import { defineJob } from "../../src/queue/define-job.js";
import { openQueues } from "../../src/queue/open-queues.js";
import { startWorkers } from "../../src/queue/start-workers.js";
import { syncSchedules } from "../../src/queue/sync-schedules.js";
import { openClock } from "../../src/time/clock.js";
import { scratchPrefix, testServices } from "../helpers/services.js";
import { until } from "../helpers/until.js";

/** A job whose runs a test lets end one by one, on several workers; `schedule` as jobs have it. */
async function openPasses(t: TestContext, schedule: string) {
  const prefix = scratchPrefix();
  const redis = new Redis(testServices().redisUrl, { maxRetriesPerRequest: null });
  const seen = { begun: 0, underWay: 0, most: 0 };
  const ends: (() => void)[] = [];
  let isOver = false;
  const job = defineJob({
    name: "passes",
    schedule,
    concurrency: 1,
    oneAtATime: true,
    forgetFailed: true,
    attempts: 1,
    backoff: { firstMs: 1, mostMs: 1 },
    run: async () => {
      seen.begun += 1;
      seen.most = Math.max(seen.most, (seen.underWay += 1));
      // A worker closes once its run has ended: what the schedule begins when the test is over ends by itself.
      if (!isOver) await new Promise<void>((resolve) => void ends.push(resolve));
      seen.underWay -= 1;
    },
  });
  const queues = openQueues(redis, prefix, [job]);
  await syncSchedules(redis, queues, [job], Date.now());
  const clock = openClock([
    { name: "Redis", read: async () => Date.now() },
    { name: "ClickHouse", read: async () => Date.now() },
  ]);
  const workers = [1, 2, 3].map(() => startWorkers({ clock, log: openLog("silent") }, redis, prefix, [job]));
  t.after(async () => {
    isOver = true;
    for (const end of ends) end();
    await Promise.all(workers.map(async (one) => one.close(0)));
    await queues.close();
    redis.disconnect();
  });
  return {
    seen,
    ask: async () => queues.wake("passes"),
    endOne: async () => until("a run is under way", () => ends.shift()).then((end) => end()),
    waiting: async () => queues.of("passes").getWaitingCount(),
  };
}

test("a run that is asked for begins at once, and what is asked while it is under way is one more after it, however often", async (t) => {
  const { seen, ask, endOne, waiting } = await openPasses(t, "0 0 0 1 1 *");
  await ask();
  await until("the run has begun", () => seen.begun === 1, 2000);
  for (let i = 0; i < 5; i += 1) await ask();
  assert.equal(seen.begun, 1, "none beside it");
  await endOne();
  await until("one more has begun", () => seen.begun === 2, 2000);
  await endOne();
  await until("it has ended", () => seen.underWay === 0);
  assert.equal(await waiting(), 0);
  await ask();
  await until("it can be asked for again", () => seen.begun === 3, 2000);
  await endOne();
  assert.equal(seen.most, 1);
});

test("runs that are asked for and those of the schedule are never two at once", async (t) => {
  const { seen, ask, endOne } = await openPasses(t, "* * * * * *");
  for (let runs = 0; runs < 6; runs += 1) {
    await ask();
    await ask();
    await endOne();
  }
  assert.equal(seen.most, 1);
  await endOne();
});

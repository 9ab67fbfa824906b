import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "node:net";
import { fastify } from "fastify";
import { Redis } from "ioredis";
import type { App } from "../../src/app.js";
import { openLog } from "../../src/log.js";
import { defineJob } from "../../src/queue/define-job.js";
import { openQueues } from "../../src/queue/open-queues.js";
import { openClock } from "../../src/time/clock.js";
import { startWorkers } from "../../src/queue/start-workers.js";
import { onBehalfOf } from "../../src/flow/caller.js";
import { readOnly } from "../../src/store/clickhouse/clickhouse-client.js";
import { DeadlinePassed, withinDeadline } from "../../src/flow/deadline.js";
import { cancelWhenGone } from "../../src/web/cancel-when-gone.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { scratchPrefix, testServices } from "../helpers/services.js";
import { until } from "../helpers/until.js";

let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
});

after(() => checks.close());

/** Reads for minutes, unless it is cancelled. */
async function readSlowly(mark: string): Promise<unknown> {
  const query = `SELECT max(sleepEachRow(0.1)) AS slept, '${mark}' AS mark FROM numbers(3000) SETTINGS max_block_size = 1`;
  return (await checks.store.client.query({ query, ...readOnly(), format: "JSONEachRow" })).json();
}

const running = async (mark: string) => {
  const rows = await checks.ask<{ n: number }>(
    `SELECT count() AS n FROM system.processes WHERE query LIKE '%${mark}%' AND query NOT LIKE '%system.processes%'`,
  );
  return Number(rows[0]?.n);
};
const begun = async (mark: string) => until(`${mark} has begun`, async () => (await running(mark)) === 1, 20_000);
const ended = async (mark: string) => until(`${mark} has ended`, async () => (await running(mark)) === 0, 20_000);

test("a query whose caller is gone is cancelled in ClickHouse, and so is what is asked for the caller after it", async () => {
  const caller = new AbortController();
  const answer = onBehalfOf(caller.signal, async () => {
    await readSlowly("of-a-job").catch(() => undefined);
    return readSlowly("after-it");
  });
  const refused = assert.rejects(answer, { name: "AbortError" });
  await begun("of-a-job");
  caller.abort();
  await refused;
  await ended("of-a-job");
  assert.equal(await running("after-it"), 0);
});

test("a query that is not answered within its deadline does not run on beside the next one", async () => {
  await assert.rejects(
    withinDeadline(2000, async () => readSlowly("too-late")),
    DeadlinePassed,
  );
  await ended("too-late");
});

test("a page whose reader is gone is not read on", async (t) => {
  const server = fastify();
  t.after(() => server.close());
  server.addHook("onRequest", cancelWhenGone);
  const failed = new Promise<unknown>((resolve) => {
    server.get("/", async () => readSlowly("for-a-reader").catch(resolve));
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const reader = connect(Number(new URL(url).port), "127.0.0.1");
  reader.write("GET / HTTP/1.1\r\nhost: plimsoll\r\n\r\n");
  await begun("for-a-reader");
  reader.destroy();
  await ended("for-a-reader");
  await failed;
});

test("a job whose lock is lost stops asking: whoever takes it over does not ask beside it", async (t) => {
  const redis = new Redis(testServices().redisUrl, { maxRetriesPerRequest: null });
  const prefix = scratchPrefix();
  let runs = 0;
  const slow = defineJob({
    name: "slow",
    concurrency: 1,
    attempts: 1,
    backoff: { firstMs: 1, mostMs: 1 },
    run: async () => readSlowly(`run-${(runs += 1)}-of-a-job`),
  });
  const queues = openQueues(redis, prefix, [slow]);
  const machine = { name: "machine", read: async () => Date.now() };
  const app = { log: openLog("silent"), clock: openClock([machine, machine]) } as App;
  const workers = startWorkers(app, redis, prefix, [slow]);
  t.after(async () => {
    await workers.close(1);
    await queues.close();
    redis.disconnect();
  });
  await queues.enqueue("slow", "once", {});
  await begun("run-1-of-a-job");
  await redis.del(queues.of("slow").toKey("once:lock"));
  await ended("run-1-of-a-job");
});

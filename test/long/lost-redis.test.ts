import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Redis } from "ioredis";
import { jobs } from "../../jobs/index.js";
import { recordEventsJob } from "../../jobs/record-events.js";
import { openApp, type App } from "../../src/app.js";
import { startWork } from "../../src/commands/work.js";
import { readConfig } from "../../src/config.js";
import { openLog } from "../../src/log.js";
import { openPagerDutyPager } from "../../src/page/pagerduty-pager.js";
import { countLostEvents } from "../../src/pipeline/watch/count-lost-events.js";
import { newMemory, watchCoverage } from "../../src/pipeline/watch/watch-coverage.js";
import { Secret } from "../../src/secret.js";
import type { RunningCommand } from "../helpers/logged-command.js";
import { wrongSchedules } from "../helpers/next-runs.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";

/** In place of a minute. */
const EVERY_MS = 300;
const HOUR = 3_600_000;
const PAGE = /^Lost: (\d+) accepted events of (\S+), received \S+ \d\d:00 to \d\d:00 UTC, were never recorded/;

let house = undefined as unknown as WholePlimsoll;
let redis = undefined as unknown as Redis;
let serve = undefined as unknown as RunningCommand;
let app = undefined as unknown as App;
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  house = await startWholePlimsoll({ after: (end) => void ends.unshift(end) });
  redis = house.redis;
  serve = await house.startServe();
  const { port, password = "" } = redis.options;
  const env = { CLICKHOUSE_URL: house.clickhouseUrl, REDIS_URL: `redis://:${password}@127.0.0.1:${port}` };
  app = openApp(readConfig(env), openLog("silent"), jobs, env);
});
after(async () => {
  await app.close();
  for (const end of ends) await end();
});

let sent = 0;
async function send(events: number, source: "ingest" | "other"): Promise<void> {
  const lines = Array.from({ length: events }, () =>
    JSON.stringify({ ts: new Date().toISOString(), key_id: "k", id: `e${(sent += 1)}` }),
  );
  const answer = await house.post(lines.join("\n"), { authorization: `Bearer ${house.tokens[source]}` });
  assert.deepEqual([answer.status, answer.body["accepted"]], [202, events], answer.text);
}
const rows = async () => {
  const [row] = await house.ask<{ n: number }>("SELECT count() AS n FROM requests");
  return row?.n;
};
const lost = async () => countLostEvents(app.watchDeps.loss, Date.now());

test("a Redis that is emptied brings its schedules back within a period, takes events at once, and each lost event is paged by source and hour", async () => {
  // Everything runs but the recording: what is sent now waits.
  const work = startWork(
    app,
    jobs.filter(({ name }) => name !== recordEventsJob.name),
    { everyMs: EVERY_MS },
  );
  await until("the schedules are written", async () => (await wrongSchedules(redis)).length === 0);
  await send(5, "ingest");
  await send(2, "other");
  const early = startWork(app, [recordEventsJob], { everyMs: EVERY_MS });
  await house.untilRecorded();
  await early.close();
  await send(7, "ingest");
  await send(3, "other");
  await send(4, "ingest");

  await redis.flushall();
  await redis.script("FLUSH");
  await send(6, "ingest");
  await until("the schedules are back", async () => (await wrongSchedules(redis)).length === 0);
  const late = startWork(app, [recordEventsJob], { everyMs: EVERY_MS });
  await house.untilRecorded();
  await serve.stop(); // it puts its counts on file
  await work.close();
  await late.close();
  assert.equal(await rows(), 13);

  // The hour may have ended meanwhile: then each source has lost some in two.
  const sum = (events: readonly (readonly [source: string, events: number])[]) => {
    const of = (name: string) => events.reduce((total, [source, n]) => total + (source === name ? n : 0), 0);
    return { gateway: of("gateway"), other: of("other") };
  };
  const found = (await lost()) ?? [];
  assert.deepEqual(sum(found.map(({ source, events }) => [source, events])), { gateway: 11, other: 3 });
  assert.ok(found.every(({ hour }) => hour % HOUR === 0 && Date.now() - hour < 2 * HOUR));
  const pager = openPagerDutyPager({
    routingKey: new Secret("0123456789abcdefABCDEF0123456789"),
    eventsHost: house.receiver.host,
    agentOptions: { ca: house.receiver.ca },
    timeoutMs: 5000,
  });
  const deliver = { ...app.deliverDeps, pager };
  await watchCoverage({ ...app.watchDeps, deliver }, newMemory(), Date.now());
  pager.close();
  const paged = house.receiver.openAlerts().flatMap(({ event }) => {
    const [, events, source] = PAGE.exec(event.payload?.summary ?? "") ?? [];
    return source === undefined ? [] : ([[source, Number(events)]] as const);
  });
  assert.deepEqual(sum(paged), { gateway: 11, other: 3 });
});

test("readyz and doctor say how many acknowledged events were lost", async () => {
  serve = await house.startServe();
  await until("readyz says so", async () => {
    const answer = await (await fetch(`${house.url}/readyz`)).text();
    return answer.includes('"events":{"ok":false,"lost_in_a_day":14,"state":"lost"}');
  });
  const doctor = await house.plimsoll("doctor");
  assert.match(
    doctor.output,
    /fail {2}acknowledged events: Lost: \d+ accepted events of gateway, received .* never recorded/,
  );
});

test("a serve that is killed before it tells what it accepted, and blocks that wait, are no loss", async () => {
  const known = await lost();
  await send(9, "ingest");
  assert.deepEqual(await lost(), known);
  await serve.kill();
  const work = startWork(app, jobs, { everyMs: EVERY_MS });
  await house.untilRecorded();
  await work.close();
  assert.equal(await rows(), 22);
  assert.deepEqual(await lost(), known);
});

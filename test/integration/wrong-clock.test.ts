import assert from "node:assert/strict";
import { hostname } from "node:os";
import { after, before, test } from "node:test";
import type { Redis } from "ioredis";
import type { RunningCommand } from "../helpers/logged-command.js";
import { wrongSchedules } from "../helpers/next-runs.js";
import { withShiftedClock } from "../helpers/shifted-clock.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";

const TWO_HOURS_MS = 2 * 3_600_000;
const REFUSES = "no jobs are run here until it is right";
const me = `work on ${hostname()}`;

let house = undefined as unknown as WholePlimsoll;
let redis = undefined as unknown as Redis;
let worker = undefined as unknown as RunningCommand;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  house = await startWholePlimsoll({ after: (end) => void ends.push(end) });
  redis = house.redis;
  house.changeEnv(withShiftedClock(TWO_HOURS_MS));
  await house.startServe();
  house.changeEnv(withShiftedClock(0));
  worker = await house.startWork();
});
after(async () => {
  for (const end of ends) await end();
});

/** The next runs of jobs that run every few seconds. */
const nextRuns = async () =>
  Promise.all(
    ["deliver-pages", "recover-blocks", "check-keys"].map(async (job) =>
      Number(await redis.zscore(`{plimsoll}:${job}:repeat`, job)),
    ),
  );
const readyz = async () =>
  (await (await fetch(`${house.url}/readyz`)).json()) as { checks: Record<string, Record<string, unknown>> };

test("a serve whose clock is two hours fast takes the events of now and refuses those of then", async () => {
  const event = (at: number) => JSON.stringify({ ts: new Date(at).toISOString(), key_id: "k" });
  await until("the clocks are compared", () => house.logs().includes("events are judged by the clock of Redis"));
  const answer = await house.post([event(Date.now()), event(Date.now() + TWO_HOURS_MS)].join("\n"));
  assert.deepEqual([answer.status, answer.body["accepted"], answer.body["rejected"]], [202, 1, 1]);
  assert.match(answer.text, /ts_in_future/);
});

test("a worker that starts with a clock two hours fast runs no job and moves no schedule, and says so in its log, to readyz, the watch and doctor", async () => {
  await until("the schedules are written", async () => (await wrongSchedules(redis)).length === 0);
  house.changeEnv(withShiftedClock(TWO_HOURS_MS));
  const fast = await house.startWork(REFUSES);
  house.changeEnv({ NODE_OPTIONS: undefined, TEST_CLOCK_SHIFT_MS: undefined });
  assert.match(fast.log(), /"ahead_s":7200,.*set it by NTP/);
  const { clock } = (await readyz()).checks;
  assert.equal(clock?.["state"], "wrong");
  assert.match(String(clock["wrong_clocks"]), new RegExp(`${me}: 7200`));
  const doctor = await house.plimsoll("doctor");
  assert.match(doctor.output, new RegExp(`fail {2}recorded times: Wrong clock: ${me} is 2 hours ahead`));
  assert.match(doctor.output, /ok {4}schedules: next runs: .*check-keys (?:in|due) \d+ s/);
  const earlier = Math.max(...(await nextRuns()));
  await until("the other worker goes on", async () => Math.max(...(await nextRuns())) > earlier);
  assert.deepEqual(await wrongSchedules(redis), []);
  assert.equal(fast.log().includes('"msg":"working"'), false);
  const found = async () =>
    house.ask<{ summary: string }>("SELECT summary FROM finding_records WHERE startsWith(subject, 'clock/work')");
  const [problem] = await until("the watch has seen it", async () => (await found()).length > 0 && found());
  assert.match(problem?.summary ?? "", /^Wrong clock: work on .* it runs no jobs until its clock is right$/);
  await fast.kill();
});

test("a worker whose clock is set forward while it works stops, moves no schedule, and goes on when it is right again; a minute later every schedule is right", async () => {
  process.kill(worker.pid, "SIGUSR2");
  await until("it stops", () => worker.log().includes(REFUSES));
  const stoppedAt = Date.now();
  assert.deepEqual(await wrongSchedules(redis), []);
  const logged = worker.log().length;
  process.kill(worker.pid, "SIGUSR2");
  await until("it works again", () => worker.log().slice(logged).includes('"msg":"working"'));
  await until("its jobs run", async () => Math.max(...(await nextRuns())) > stoppedAt + 10_000);
  // What the fast clock took for due ran early, and the run after it would be skipped: the next look at the schedules, a minute later, sees to that.
  let wrong: readonly string[] = [];
  const areRight = async () => (wrong = await wrongSchedules(redis)).length === 0;
  await until("every schedule is right", areRight, 90_000).catch(() => assert.deepEqual(wrong, []));
});

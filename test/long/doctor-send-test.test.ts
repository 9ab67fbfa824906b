import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Diagnosis } from "../../src/commands/diagnosis.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import type { Answer } from "../../src/local/pagerduty/answers.js";
import { startPagerDutyReceiver, type PagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { runCli } from "../helpers/run-cli.js";
import { scratchDatabase, type ScratchDatabase } from "../helpers/services.js";

const [first, second] = ["0123456789abcdefABCDEF0123456789", "fedcba9876543210fedcba9876543210"] as const;

describe("plimsoll doctor --send-test", () => {
  let receiver: PagerDutyReceiver;
  const send = async (env: Readonly<Record<string, string>> = {}, severity = "info") => {
    const { code, stdout } = await runCli(["doctor", "--send-test", "--severity", severity, "--json"], {
      ...healthy,
      PAGERDUTY_EVENTS_HOST: receiver.host,
      NODE_EXTRA_CA_CERTS: receiver.caFile,
      ...env,
    });
    for (const key of [first, second]) assert.ok(!stdout.includes(key), "a routing key is shown");
    const { checks } = JSON.parse(stdout) as { checks: Diagnosis[] };
    return { code, tests: checks.filter(({ check }) => check.startsWith("test event")) };
  };
  let database: ScratchDatabase;
  let directory: string;
  let redis: LocalRedis;
  let healthy: Record<string, string>;

  before(async () => {
    database = await scratchDatabase();
    await migrate(new Secret(database.url));
    directory = await mkdtemp(join(tmpdir(), "plimsoll-doctor-"));
    redis = await startRedis({ dataDir: directory });
    receiver = await startPagerDutyReceiver();
    healthy = { CLICKHOUSE_URL: database.url, REDIS_URL: redis.url, PAGERDUTY_ROUTING_KEY: first };
  });
  after(async () => {
    await receiver.stop();
    await redis.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  test("a test event has the severity that was asked for, and no other word is taken for one", async () => {
    const { code } = await send({}, "critical");
    assert.equal(code, 0);
    const [trigger] = receiver.received.slice(-2);
    assert.equal(trigger?.body?.payload?.severity, "critical");
    const { code: wrong, stderr } = await runCli(["doctor", "--send-test", "--severity", "loud"], healthy);
    assert.deepEqual([wrong, /critical, error, warning, info/.test(stderr)], [2, true]);
  });

  test("a test event is triggered and resolved through every routing key, and each is told of", async () => {
    const { code, tests } = await send({ PAGERDUTY_ROUTING_KEYS: `payments=${second}` });
    assert.deepEqual(
      tests.map(({ check, state }) => [check, state]),
      [
        ["test event", "ok"],
        ["test event of payments", "ok"],
      ],
    );
    assert.equal(code, 0);
    const sent = receiver.received.slice(-4).map(({ body }) => body!);
    assert.deepEqual(
      sent.map((event) => [event.routing_key, event.event_action]),
      [
        [first, "trigger"],
        [first, "resolve"],
        [second, "trigger"],
        [second, "resolve"],
      ],
    );
    assert.equal(sent[0]?.payload?.severity, "info");
    assert.equal(sent[0]?.payload?.summary, "Plimsoll test, no action");
    assert.equal(new Set(sent.map((event) => event.dedup_key)).size, 2, "each test is an incident of its own");
    assert.deepEqual(receiver.openAlerts(), []);
  });

  const refusals: readonly (readonly [what: string, answer: Answer, found: RegExp, fix: RegExp, code: number])[] = [
    ["an answer of 400", "bad-request", /not triggered: 400, .*on demand/, /Integration Key/, 1],
    ["an answer of 401", { status: 401 }, /not triggered: 401, /, /still exists/, 1],
    ["an answer of 403", { status: 403 }, /not triggered: 403, /, /still exists/, 1],
    ["a cut connection", "reset", /not triggered: .*ECONNRESET/, /PAGERDUTY_EVENTS_HOST/, 3],
  ];
  for (const [what, answer, found, fix, expected] of refusals) {
    test(`${what}: why, and what to do`, async () => {
      receiver.answerNext(answer);
      const { code, tests } = await send();
      assert.equal(code, expected);
      assert.match(tests[0]?.found ?? "", found);
      assert.match(tests[0]?.fix ?? "", fix);
    });
  }

  test("a resolve that is lost: which incident to end by hand", async () => {
    receiver.answerNext("accept", "server-error");
    const { code, tests } = await send();
    assert.equal(code, 1);
    assert.match(tests[0]?.found ?? "", /triggered, but not resolved: 500/);
    assert.match(tests[0]?.fix ?? "", /by hand/);
  });

  test("no routing key fails, and one of a bad form is told before anything is sent", async () => {
    const known = receiver.received.length;
    assert.match((await send({ PAGERDUTY_ROUTING_KEY: "" })).tests[0]?.fix ?? "", /set PAGERDUTY_ROUTING_KEY/);
    const { code, stdout } = await runCli(["doctor", "--send-test"], { ...healthy, PAGERDUTY_ROUTING_KEY: "u+pasted" });
    assert.equal(code, 1);
    assert.match(stdout, /PAGERDUTY_ROUTING_KEY must be the 32 letters and digits/);
    assert.ok(!stdout.includes("u+pasted"));
    assert.equal(receiver.received.length, known);
  });
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Redis } from "ioredis";
import { jobs } from "../../jobs/index.js";
import { REDIS_PREFIX } from "../../src/app.js";
import type { Diagnosis } from "../../src/commands/diagnosis.js";
import { openQueues } from "../../src/queue/open-queues.js";
import { syncSchedules } from "../../src/queue/sync-schedules.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { freePort } from "../../src/local/services/free-port.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openClickHouse } from "../../src/store/clickhouse/clickhouse-client.js";
import { connectRedisOnce } from "../../src/store/redis/connect-redis-once.js";
import { runCli } from "../helpers/run-cli.js";
import { scratchDatabase, type ScratchDatabase } from "../helpers/services.js";

type UrlPart = "password" | "host" | "pathname";

const closed = async () => `127.0.0.1:${await freePort()}`;

/** A URL with one part of it changed. */
function withPart(url: string, part: UrlPart, value: string): string {
  const changed = new URL(url);
  changed[part] = value;
  return changed.href;
}

describe("plimsoll doctor", () => {
  let database: ScratchDatabase;
  let directory: string;
  let local: LocalRedis;
  let redis: Redis;
  let silent: Server;
  let healthy: Record<string, string>;

  before(async () => {
    database = await scratchDatabase();
    await migrate(new Secret(database.url));
    directory = await mkdtemp(join(tmpdir(), "plimsoll-doctor-"));
    local = await startRedis({ dataDir: directory });
    redis = await connectRedisOnce(new Secret(local.url), 10_000);
    silent = createServer(() => undefined).listen(0, "127.0.0.1");
    healthy = {
      CLICKHOUSE_URL: database.url,
      REDIS_URL: local.url,
      PLIMSOLL_BASE_URL: "https://plimsoll.example",
      PLIMSOLL_INGEST_TOKENS: "gateway=0123456789abcdef",
      PLIMSOLL_READ_TOKENS: "viewer=fedcba9876543210",
      PLIMSOLL_KEY_PEPPER: "0123456789abcdef0123456789abcdef",
      PAGERDUTY_ROUTING_KEY: "0123456789abcdefABCDEF0123456789",
    };
  });
  after(async () => {
    redis.disconnect();
    silent.close();
    await local.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  async function examine(env: Readonly<Record<string, string>> = {}) {
    const { code, stdout, stderr } = await runCli(["doctor", "--json"], { ...healthy, ...env });
    assert.equal(stderr, "");
    for (const url of [database.url, local.url]) assert.ok(!stdout.includes(new URL(url).password));
    const { checks } = JSON.parse(stdout) as { checks: Diagnosis[] };
    const of = (check: string) => checks.find((one) => one.check === check);
    return { code, checks, of, failed: checks.filter(({ state }) => state === "fail").map(({ check }) => check) };
  }

  test("a new installation is fine but for what has to be started", async () => {
    const { code, of, failed } = await examine();
    assert.deepEqual(failed, []);
    assert.equal(code, 0);
    assert.equal(of("clocks")?.state, "ok");
    assert.equal(of("ClickHouse version")?.state, "ok");
    assert.equal(of("Redis persistence")?.state, "ok");
    assert.match(of("schedules")?.found ?? "", /missing: recover-blocks, learn-baselines, check-keys, /);
    assert.match(of("schedules")?.fix ?? "", /plimsoll work/);
    assert.match(of("ingest")?.found ?? "", /no events received yet/);
    assert.match(of("networks")?.fix ?? "", /plimsoll run refresh-networks/);
    assert.equal(await redis.dbsize(), 0, "looking writes nothing");
  });

  test("with schedules and fresh events everything is ok, and text says so", async () => {
    const queues = openQueues(redis, REDIS_PREFIX, jobs);
    await syncSchedules(redis, queues, jobs, Date.now());
    await queues.close();
    const client = openClickHouse(new Secret(database.url));
    const now = Math.floor(Date.now() / 1000);
    const row = { minute: now - (now % 60), source: "gateway", events: 1, last_ingested_at: now * 1000 };
    await client.insert({ table: "ingest_coverage", values: [row], format: "JSONEachRow" });
    const network = { prefix: "192.0.2.0/24", asn: 64500, name: "", type: "isp", version: "1", refreshed_at: now };
    await client.insert({ table: "networks", values: [network], format: "JSONEachRow" });
    await client.close();
    const { code, checks } = await examine();
    assert.deepEqual(
      checks.filter(({ state }) => state !== "ok"),
      [],
    );
    assert.equal(code, 0);
    const { stdout } = await runCli(["doctor"], healthy);
    assert.match(stdout, /^ok {4}schedules: next runs: recover-blocks .*check-keys .*, audit-idle in \d+ (h|min|s), /m);
    assert.match(stdout, /^ok {4}ingest: last events received \d+ s ago, from gateway/m);
    assert.match(stdout, /\n\n\d+ ok, 0 with warnings, 0 failed\n$/);
  });

  test("an unusable environment: each problem", async () => {
    const { code, checks } = await examine({ PLIMSOLL_HTTP_PORT: "x", PLIMSOLL_NOPE: "1" });
    assert.equal(code, 1);
    assert.equal(checks.length, 2);
  });

  test("an environment without tokens, pepper and routing key is warned of, not failed", async () => {
    const { CLICKHOUSE_URL = "", REDIS_URL = "" } = healthy;
    const { code, stdout } = await runCli(["doctor"], { CLICKHOUSE_URL, REDIS_URL });
    assert.equal(code, 0);
    for (const name of [
      "PLIMSOLL_INGEST_TOKENS",
      "PLIMSOLL_READ_TOKENS",
      "PLIMSOLL_KEY_PEPPER",
      "PAGERDUTY_ROUTING_KEY",
    ]) {
      assert.match(stdout, new RegExp(`-> set ${name}`));
    }
  });

  test("missing migrations: run plimsoll migrate", async () => {
    const empty = await scratchDatabase();
    const { code, of, failed } = await examine({ CLICKHOUSE_URL: empty.url });
    await empty.drop();
    assert.deepEqual([code, failed], [1, ["migrations"]]);
    assert.match(of("migrations")?.found ?? "", /^\d+ missing: 001_create_requests, /);
    assert.match(of("migrations")?.fix ?? "", /plimsoll migrate/);
  });

  test("a database that does not exist: run plimsoll migrate", async () => {
    const url = withPart(database.url, "pathname", "/plimsoll_test_never_made");
    const { code, of, failed } = await examine({ CLICKHOUSE_URL: url });
    assert.deepEqual([code, failed], [1, ["migrations"]]);
    assert.match(of("migrations")?.fix ?? "", /plimsoll migrate.*database at the end of CLICKHOUSE_URL/);
  });

  test("Redis that may evict: the command that forbids it", async () => {
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    await redis.config("SET", "appendonly", "no");
    const { code, of, failed } = await examine();
    await redis.config("SET", "maxmemory-policy", "noeviction");
    await redis.config("SET", "appendonly", "yes");
    assert.deepEqual([code, failed], [1, ["Redis eviction"]]);
    assert.match(of("Redis eviction")?.found ?? "", /allkeys-lru/);
    assert.match(of("Redis eviction")?.fix ?? "", /CONFIG SET maxmemory-policy noeviction/);
    assert.equal(of("Redis persistence")?.state, "warn");
  });

  const clickhouse = (part: UrlPart, value: string) => ({ CLICKHOUSE_URL: withPart(database.url, part, value) });
  const cache = (part: UrlPart, value: string) => ({ REDIS_URL: withPart(local.url, part, value) });
  const silentHost = () => `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  type Env = Promise<Record<string, string>>;
  const away: readonly (readonly [what: string, env: () => Env, service: string, found: RegExp, fix: RegExp])[] = [
    ["no ClickHouse", async () => clickhouse("host", await closed()), "ClickHouse", /ECONNREFUSED/, /start ClickHouse/],
    ["no host", async () => clickhouse("host", "ch.invalid:8123"), "ClickHouse", /ENOTFOUND|EAI_AGAIN/, /host name in/],
    [
      "a wrong password",
      async () => clickhouse("password", "wrong-word"),
      "ClickHouse",
      /error 516/,
      /user and password/,
    ],
    ["a silent server", async () => clickhouse("host", silentHost()), "ClickHouse", /no answer within 5 s/, /firewall/],
    ["no Redis", async () => cache("host", await closed()), "Redis", /ECONNREFUSED/, /start Redis/],
    ["a wrong password", async () => cache("password", "wrong-word"), "Redis", /WRONGPASS/, /correct the password/],
    ["no password", async () => cache("password", ""), "Redis", /NOAUTH/, /correct the password/],
    ["a silent server", async () => cache("host", silentHost()), "Redis", /no answer|timed out/, /firewall/],
  ];
  for (const [what, env, service, found, fix] of away) {
    test(`${what} for ${service}: told with its fix, and the other service is still examined`, async () => {
      const { code, of, failed, checks } = await examine(await env());
      assert.deepEqual([code, failed], [3, [service]]);
      assert.match(of(service)?.found ?? "", found);
      assert.match(of(service)?.fix ?? "", fix);
      assert.ok(!JSON.stringify(checks).includes("wrong-word"));
      assert.equal(of(service === "Redis" ? "ClickHouse version" : "Redis version")?.state, "ok");
    });
  }

  test("a Redis database that does not exist is not taken for another", async () => {
    const { code, of } = await examine({ REDIS_URL: withPart(local.url, "pathname", "/99") });
    assert.equal(code, 1);
    assert.match(of("Redis")?.fix ?? "", /database number/);
  });
});

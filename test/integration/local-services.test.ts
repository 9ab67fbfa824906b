import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient } from "@clickhouse/client";
import { Redis } from "ioredis";
import { startClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import type { LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { startRedis } from "../../src/local/services/embedded-redis.js";
import type { LocalRedis } from "../../src/local/services/embedded-redis.js";

const parentScript = fileURLToPath(new URL("../helpers/service-parent.js", import.meta.url));
const table = "CREATE TABLE IF NOT EXISTS plimsoll.survivors (n UInt32) ENGINE = MergeTree ORDER BY n";

interface Addresses {
  readonly clickhouseUrl: string;
  readonly clickhousePid: number;
  readonly redisUrl: string;
  readonly redisPid: number;
}

async function ask(url: string, ...queries: readonly string[]): Promise<string> {
  const server = new URL(url);
  server.pathname = "/"; // the database need not exist yet
  const client = createClient({ url: server, log: { level: 127 } });
  try {
    let answer = "";
    for (const query of queries) {
      const { stream } = await client.exec({ query });
      answer = "";
      for await (const chunk of stream) answer += String(chunk);
    }
    return answer.trim();
  } finally {
    await client.close();
  }
}

async function withRedis<Value>(url: string, use: (redis: Redis) => Promise<Value>): Promise<Value> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** Gone, or a zombie that nobody has collected yet. */
function hasEnded(pid: number): boolean {
  try {
    return execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return true;
  }
}

async function untilEnded(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!hasEnded(pid)) {
    assert.ok(Date.now() < deadline, `process ${pid} still runs`);
    await pause(20);
  }
}

describe("local services", () => {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-services-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  test("die with a parent that is killed -9, and keep what they had acknowledged", async () => {
    const dataDir = join(directory, "killed");
    const parent = fork(parentScript, [dataDir], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const [addresses] = (await once(parent, "message")) as [Addresses];
    const insert = "INSERT INTO plimsoll.survivors SELECT number FROM numbers(1000)";
    await ask(addresses.clickhouseUrl, "CREATE DATABASE IF NOT EXISTS plimsoll", table, insert);
    await withRedis(addresses.redisUrl, (redis) => redis.set("survivor", "1"));
    const gone = once(parent, "exit");
    parent.kill("SIGKILL");
    await gone;
    await Promise.all([untilEnded(addresses.clickhousePid), untilEnded(addresses.redisPid)]);

    const clickhouse = await startClickHouse({ dataDir: join(dataDir, "clickhouse") });
    const redis = await startRedis({ dataDir: join(dataDir, "redis") });
    try {
      assert.equal(await ask(clickhouse.url, "SELECT count() FROM plimsoll.survivors"), "1000");
      assert.equal(await withRedis(redis.url, (client) => client.get("survivor")), "1");
    } finally {
      await Promise.all([clickhouse.stop(), redis.stop()]);
    }
  });

  describe("ClickHouse", () => {
    let first: LocalClickHouse;
    let second: LocalClickHouse;
    before(async () => {
      first = await startClickHouse({ dataDir: join(directory, "first") });
      second = await startClickHouse({ dataDir: join(directory, "second") });
      await ask(
        first.url,
        "CREATE DATABASE IF NOT EXISTS plimsoll",
        table,
        "INSERT INTO plimsoll.survivors VALUES (1)",
      );
    });
    after(() => Promise.all([first.stop(), second.stop()]));

    test("two run side by side and know nothing of each other", async () => {
      assert.equal(await ask(first.url, "SELECT count() FROM plimsoll.survivors"), "1");
      await assert.rejects(ask(second.url, "SELECT count() FROM plimsoll.survivors"), /does not exist|Unknown/);
    });

    test("a second server on the same directory is refused with what to do", async () => {
      await assert.rejects(
        startClickHouse({ dataDir: join(directory, "first") }),
        /in use by another ClickHouse process: stop that one/,
      );
    });

    test("nobody gets in without a password", async () => {
      const open = async (user: string) => {
        const response = await fetch(`http://127.0.0.1:${first.httpPort}/?user=${user}&query=SELECT+1`);
        return response.ok;
      };
      const users = ["default", "plimsoll", "analyst", "plimsoll_networks"];
      assert.deepEqual(await Promise.all(users.map(open)), [false, false, false, false]);
    });

    test("its passwords can be read by their owner only", () => {
      const modes = ["clickhouse.password", "clickhouse-analyst.password"].map(
        (file) => statSync(join(directory, "first", file)).mode & 0o777,
      );
      assert.deepEqual(modes, [0o600, 0o600]);
    });

    test("Plimsoll may make scratch databases, and none of another name", async () => {
      await ask(first.url, "CREATE DATABASE plimsoll_scratch", "DROP DATABASE plimsoll_scratch");
      await assert.rejects(ask(first.url, "CREATE DATABASE elsewhere"), /Not enough privileges/);
    });
  });

  describe("Redis", () => {
    let redis: LocalRedis;
    before(async () => void (redis = await startRedis({ dataDir: join(directory, "redis") })));
    after(() => redis.stop());

    test("keeps every write on disk, never evicts, and takes no more than its part of the machine's memory", async () => {
      const settings = ["appendonly", "appendfsync", "maxmemory-policy", "maxmemory"];
      const values = await withRedis(redis.url, (client) =>
        Promise.all(settings.map((name) => client.config("GET", name))),
      );
      const [, bytes] = values.pop() as [string, string];
      assert.ok(Number(bytes) >= 256 * 2 ** 20 && Number(bytes) <= 2 ** 31, bytes);
      assert.deepEqual(values.flat(), ["appendonly", "yes", "appendfsync", "always", "maxmemory-policy", "noeviction"]);
    });

    test("refuses a client without the password", async () => {
      await assert.rejects(
        withRedis(`redis://127.0.0.1:${redis.port}`, (client) => client.get("x")),
        /NOAUTH/,
      );
    });

    test("a second server on the same directory is refused with what to do", async () => {
      await assert.rejects(
        startRedis({ dataDir: join(directory, "redis") }),
        /in use by another Redis process .*: stop that one/,
      );
    });

    test("a port that is taken is named by Redis' own words", async () => {
      await assert.rejects(
        startRedis({ dataDir: join(directory, "other"), port: redis.port }),
        /Address already in use/,
      );
    });
  });
});

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { REDIS_PREFIX } from "../../src/app.js";
import { startRedis } from "../../src/local/services/embedded-redis.js";
import { freePort } from "../../src/local/services/free-port.js";
import { Random } from "../../src/local/simulator/random.js";
import { Secret } from "../../src/secret.js";
import { shardExpression } from "../../src/store/clickhouse/shard-of.js";
import { oldestWaitingAt } from "../../src/store/ingest/buffer-depth.js";
import { openIngestBuffer } from "../../src/store/ingest/ingest-buffer.js";
import { openClient } from "../../src/store/redis/open-client.js";
import { openStore, type Store } from "../../src/store/store.js";
import { sendLedger, type Ledger } from "../faults/ledger.js";
import { supervise } from "../faults/supervised.js";
import { runCommand, startCommand } from "../helpers/logged-command.js";
import { startShards } from "../helpers/start-shards.js";
import { until } from "../helpers/until.js";

const SEED = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const KILLS = Number(process.env["TEST_KILLS"] ?? 2);
const [SENDERS, LATEST_KILL_MS, DRAIN_MS] = [2, 14_000, 400_000];

test(`while servers are added each acknowledged event is recorded once and where its key belongs, wherever the command is killed and whoever is frozen meanwhile (seed ${SEED})`, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-add-"));
  const shards = await startShards(join(dir, "clickhouse"), 3, 1);
  const redis = await startRedis({ dataDir: join(dir, "redis") });
  const urls = shards.servers.map(({ url }) => url);
  const token = randomBytes(24).toString("hex");
  const env: Record<string, string | undefined> = {
    ...process.env,
    CLICKHOUSE_URL: urls[0],
    REDIS_URL: redis.url,
    PLIMSOLL_INGEST_TOKENS: `ledger=${token}`,
    PLIMSOLL_BATCH_MAX_WAIT_MS: "3000",
  };
  const migrated = await runCommand(["migrate"], env);
  assert.equal(migrated.code, 0, migrated.output);
  mkdirSync(join(dir, "logs"));
  const ports = [await freePort(), await freePort()];
  const serves = ports.map((port, i) => supervise("serve", join(dir, "logs", `serve-${i}`), serveEnv(env, port)));
  const works = [0, 1].map((i) => supervise("work", join(dir, "logs", `work-${i}`), env));
  const client = openClient(new Secret(redis.url), { maxRetriesPerRequest: null });
  const buffer = openIngestBuffer(client, REDIS_PREFIX, { maxRows: 1 });
  const random = new Random(SEED, "when");
  const ledger: Ledger = { acknowledged: 0, repeats: 0, retries: 0, faults: [] };
  let over = false;
  const sending: Promise<void>[] = [];
  t.after(async () => {
    over = true;
    // They go on until they are answered.
    await Promise.all(sending);
    await Promise.all([...serves, ...works].map((one) => one.end()));
    client.disconnect();
    await Promise.all([shards.stop(), redis.kill()]);
    rmSync(dir, { recursive: true, force: true });
  });
  await until("both serves are up", () => serves.every((serve) => serve.logs().includes('"msg":"serving"')), 60_000);
  for (let i = 0; i < SENDERS; i += 1) {
    const [name, to] = [`s${i}`, ports.map((port) => `http://127.0.0.1:${port}`)];
    const sender = { urls: to, token, random: new Random(SEED, name), name, isDone: () => over };
    sending.push(sendLedger(sender, ledger));
  }
  const recorded = async () =>
    until("nothing waits", async () => oldestWaitingAt(await buffer.depth()) === null, DRAIN_MS);

  for (const servers of [2, 3]) {
    const added = urls[servers - 1]!;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const command = startCommand("shards", join(dir, "logs", `add-${servers}-${kill}`), env, ["add", added]);
      await Promise.race([pause(random.whole(500, LATEST_KILL_MS)), command.ended]);
      await command.kill();
      t.diagnostic(
        `killed in: ${
          command
            .log()
            .split("\n")
            .findLast((line) => /^\d\./.test(line)) ?? "the beginning"
        }`,
      );
    }
    process.kill(works[0]!.pid(), "SIGSTOP");
    const before = ledger.acknowledged;
    const command = startCommand("shards", join(dir, "logs", `add-${servers}`), env, ["add", added]);
    await command.ended;
    assert.match(command.log(), /^added: server/m, command.log());
    t.diagnostic(command.log());
    t.diagnostic(`${ledger.acknowledged - before} events were acknowledged meanwhile`);
    assert.ok(ledger.acknowledged > before);
    process.kill(works[0]!.pid(), "SIGCONT");
    // What knows of fewer servers records nothing more, and says why.
    await until(
      "a work with the old list refuses",
      () => works.some((work) => /a server was added|first of several shards/.test(work.logs())),
      60_000,
    );
    env["CLICKHOUSE_URL"] = urls.slice(0, servers).join(";");
    for (const work of works) work.terminate();
    // The other one goes on by the old list: it splits by what Redis says.
    const serve = serves[servers - 2]!;
    await serve.end();
    serves[servers - 2] = supervise(
      "serve",
      join(dir, "logs", `serve-of-${servers}`),
      serveEnv(env, ports[servers - 2]!),
    );
    const store = openStore(new Secret(env["CLICKHOUSE_URL"]));
    await assertPlaces(store);
    await store.close();
  }
  over = true;
  await Promise.all(sending);
  await recorded();
  const store = openStore(new Secret(urls.join(";")));
  try {
    await assertPlaces(store);
    const counts = await count(store);
    t.diagnostic(`${ledger.acknowledged} acknowledged: ${JSON.stringify(counts)}`);
    assert.deepEqual(ledger.faults, []);
    assert.deepEqual(counts, Object.fromEntries(Object.keys(counts).map((name) => [name, ledger.acknowledged])));
  } finally {
    await store.close();
  }
});

const serveEnv = (env: Readonly<Record<string, string | undefined>>, port: number) => ({
  ...env,
  PLIMSOLL_HTTP_PORT: String(port),
});

/** No server has a row of a key of another. */
async function assertPlaces({ shards }: Store): Promise<void> {
  for (const [index, shard] of shards.entries())
    for (const table of ["requests", "usage_minutes", "source_hours", "first_seen"]) {
      const query = `SELECT toUInt32(count()) AS n FROM ${table} WHERE ${shardExpression(shards.length)} != ${index}`;
      const [row] = await (await shard.query({ query, format: "JSONEachRow" })).json<{ n: number }>();
      assert.equal(row?.n, 0, `server ${index + 1} has rows of others in ${table}`);
    }
}

const ROLLUPS = [
  "usage_minutes",
  "usage_hours",
  "source_minutes",
  "source_hours",
  "route_minutes",
  "route_hours",
  "client_minutes",
  "client_days",
];

async function count({ client }: Store): Promise<Record<string, number>> {
  const ask = async (query: string) => {
    const [row] = await (await client.query({ query, format: "JSONEachRow" })).json<{ n: number }>();
    return Number(row?.n);
  };
  const counts: Record<string, number> = {};
  for (const name of ROLLUPS) counts[name] = await ask(`SELECT sum(requests) AS n FROM ${name}`);
  counts["ingest_coverage"] = await ask("SELECT sum(events) AS n FROM ingest_coverage");
  counts["recorded_events"] = await ask("SELECT sum(events) AS n FROM recorded_events");
  counts["requests"] = await ask("SELECT count() AS n FROM requests");
  counts["distinct"] = await ask("SELECT uniqExact(if(id = '', region, id)) AS n FROM requests");
  return counts;
}

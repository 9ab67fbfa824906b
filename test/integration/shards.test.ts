import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient } from "@clickhouse/client";
import { oneof, sample, string, uuid } from "fast-check";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { shardExpression, shardOf } from "../../src/store/clickhouse/shard-of.js";
import { shardBlocksOf } from "../../src/store/ingest/request-block.js";
import { shardOfBlock } from "../../src/store/ingest/shard-of-block.js";
import { openRequestWriter } from "../../src/store/ingest/request-writer.js";
import { openStore } from "../../src/store/store.js";
import { acceptEvents } from "../helpers/accept-events.js";
import { rules } from "../helpers/ingest-rules.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { runCli } from "../helpers/run-cli.js";
import { startShards, type Shards } from "../helpers/start-shards.js";

const SEED = Number(process.env["TEST_SEED"] ?? 7);
const T0 = Date.parse("2026-03-11T14:00:00Z");

const dir = mkdtempSync(join(tmpdir(), "plimsoll-shards-"));
let shards = undefined as unknown as Shards;
let checks = undefined as unknown as OpenChecks;

before(async () => {
  shards = await startShards(dir, 2);
  checks = await openChecks(shards.url);
});

after(async () => {
  await checks?.close();
  await shards?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("ClickHouse looks for a key on the shard that its rows are sent to, whatever it is called and however many there are", async () => {
  const ids = sample(oneof(string({ unit: "binary" }), uuid(), string()), { numRuns: 2000, seed: SEED });
  for (const count of [1, 2, 3, 7, 64]) {
    const result = await checks.store.client.query({
      query: `SELECT groupArray(toUInt32(${shardExpression(count)})) AS at FROM (SELECT arrayJoin({ids:Array(String)}) AS key_id)`,
      query_params: { ids },
      format: "JSONEachRow",
    });
    const [row] = await result.json<{ at: number[] }>();
    assert.deepEqual(
      row?.at,
      ids.map((id) => shardOf(id, count)),
    );
  }
});

test("of a shard that is added only those keys move that it gets, and each has its fair part", () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `key_${i}`);
  for (const count of [2, 3, 8]) {
    const moved = ids.filter((id) => shardOf(id, count) !== shardOf(id, count - 1));
    assert.ok(moved.every((id) => shardOf(id, count) === count - 1));
    const fair = ids.length / count;
    assert.ok(Math.abs(moved.length - fair) < fair / 10, `${moved.length} of ${ids.length} moved to one of ${count}`);
  }
});

test("a key's rows lie on its own shard, all are seen once through the first, and a question about one key asks one shard", async () => {
  const { store } = checks;
  const ask = async (query: string) => checks.ask(query);
  const lines = Array.from({ length: 1000 }, (_, i) => ({
    ts: new Date(T0 - 40 * 86_400_000).toISOString(),
    key_id: `placed-${i % 50}`,
    source_ip: "198.51.100.7",
    route: "/v1/placed",
    status: 200,
  }));
  const accepted = acceptEvents(Buffer.from(lines.map((line) => JSON.stringify(line)).join("\n")), "ndjson", rules());
  if (accepted.kind === "refused") throw new Error("the events were refused");
  for (const { shard, data, rows } of shardBlocksOf([{ source: "test", events: accepted.events }], 2)) {
    const writer = openRequestWriter(store, shard);
    // A block that is written again counts once, on its shard as anywhere.
    for (let times = 0; times < 2; times += 1) await writer.insertBlock([data], `placed.${shard}`);
    const query = `SELECT count() AS n, countIf(${shardExpression(2)} = ${shard}) AS own FROM requests`;
    const [row] = await (
      await store.shards[shard]!.query({ query, format: "JSONEachRow" })
    ).json<{ n: number; own: number }>();
    assert.deepEqual([row?.n, row?.own], [rows, rows]);
  }
  for (const table of ["usage_minutes", "usage_hours", "source_hours", "route_minutes"])
    assert.deepEqual(await ask(`SELECT sum(requests) AS n, uniqExact(key_id) AS keys FROM ${table}`), [
      { n: 1000, keys: 50 },
    ]);
  const one = "SELECT count() AS n FROM requests WHERE key_id IN ('placed-7', 'placed-8')";
  assert.deepEqual(await ask(`${one} SETTINGS force_optimize_skip_unused_shards = 1`), [{ n: 40 }]);
});

test("an analyst asks the first server, sees the keys of all, and may read no more there than where one server has all", async () => {
  await migrate(new Secret(shards.url));
  const store = openStore(new Secret(shards.url));
  const values = Array.from({ length: 100 }, (_, i) => ({
    ts: T0 / 1000,
    key_id: `seen-${i}`,
    route: "/v1",
    count: 1,
  }));
  await store.client.insert({ table: "requests", values, format: "JSONEachRow" });
  await store.close();
  const analysts = shards.servers.map(({ analystUrl }) => createClient({ url: analystUrl, log: { level: 127 } }));
  const ask = async (server: number, query: string) =>
    (await analysts[server]!.query({ query, format: "JSONEachRow" })).json();
  assert.deepEqual(await ask(0, "SELECT toUInt32(sum(requests)) AS n FROM usage_per_minute"), [{ n: 100 }]);
  assert.deepEqual(await ask(0, "SELECT toUInt32(count()) AS n FROM request_events WHERE key_id = 'seen-7'"), [
    { n: 1 },
  ]);
  // Each with a question of its own in it, of tables that only the first server has.
  const counts: readonly (readonly [string, number])[] = [
    ["keys WHERE key_id IN (SELECT key_id FROM usage_per_hour)", 0],
    ["request_events WHERE key_id NOT IN (SELECT key_id FROM keys)", 100],
    ["usage_per_hour WHERE key_id IN (SELECT key_id FROM usage_per_minute WHERE key_id LIKE 'seen-1%')", 11],
    ["usage_per_hour AS u INNER JOIN (SELECT key_id FROM request_events LIMIT 3) AS k USING (key_id)", 3],
  ];
  for (const [from, n] of counts)
    assert.deepEqual(await ask(0, `SELECT toUInt32(count()) AS n FROM ${from}`), [{ n }], from);
  for (const [server, table] of [
    [0, "usage_minutes"],
    [0, "plimsoll_shard.usage_minutes"],
    [1, "plimsoll_shard.requests"],
    [0, "remote('127.0.0.1', 'plimsoll_shard', 'requests')"],
    [0, "cluster('plimsoll', 'plimsoll_shard', 'requests')"],
  ] as const)
    await assert.rejects(
      ask(server, `SELECT count() FROM ${table}`),
      /Not enough privileges|readonly|does not exist/,
      table,
    );
  await Promise.all(analysts.map((one) => one.close()));
});

test("servers in another order, too few or too many of them, and those of another installation are refused with what to do", async () => {
  const [first, second] = checks.url.split(";");
  const refused = async (url: string) => runCli(["migrate"], { CLICKHOUSE_URL: url });
  const wrong: readonly (readonly [string, RegExp])[] = [
    [first!, /names one server.*first of several shards/],
    // What is called first has the tables of all: there are none on the second.
    [`${second};${first}`, /URL 1 of 2 in CLICKHOUSE_URL is shard 2 of 2/],
  ];
  for (const [url, said] of wrong) {
    const { code, stderr } = await refused(url);
    assert.equal(code, 3, stderr);
    assert.match(stderr, said);
  }
  const alone = await openChecks(shards.servers[0]!.url);
  const spread = new URL(alone.url).pathname;
  const other = `${alone.url};${second!.replace(new URL(second!).pathname, spread)}`;
  assert.match((await refused(other)).stderr, /names 2 servers, and this database was made for one/);
  await alone.close();
});

test("what was sealed before there were shards goes to the first, and what is of a shard that there is not waits", () => {
  assert.deepEqual(["550e8400-e29b-41d4-a716-446655440000", "b-1.0", "b.3"].map(shardOfBlock), [0, 0, 3]);
  assert.throws(() => openRequestWriter(checks.store, 2), /there is no shard 3 of 2/);
});

test("nothing is written to servers in another order, even if one was away when Plimsoll started", async () => {
  const { client, shards: inOrder } = checks.store;
  const swapped = inOrder.toReversed();
  const [block] = shardBlocksOf([{ source: "test", events: [] }], 1);
  for (const shard of [0, 1]) {
    // As a process that knows nothing of them yet.
    const fresh = swapped.map((one) => Object.create(one) as typeof one);
    const writer = openRequestWriter({ client, shards: fresh }, shard);
    await assert.rejects(writer.insertBlock([block!.data], `swapped.${shard}`), /is shard \d of 2/);
  }
});

test("doctor names each shard, and one that is away", async () => {
  const examine = async () => (await runCli(["doctor"], { CLICKHOUSE_URL: checks.url })).stdout;
  const all = await examine();
  assert.match(all, /ok +ClickHouse shard 2: answers/);
  assert.match(all, /ok +shards: 2, in the order/);
  await shards.servers[1]!.kill();
  assert.match(await examine(), /FAIL +ClickHouse shard 2: /i);
  await shards.restart(1);
  await migrate(new Secret(checks.url));
  const store = openStore(new Secret(checks.url));
  assert.ok((await store.readClock()) > 0);
  await store.close();
});

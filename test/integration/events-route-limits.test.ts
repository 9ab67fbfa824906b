import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { openIngest, OTHER_TOKEN, READ_TOKEN, type OpenIngest } from "../helpers/open-ingest.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const MIB = 2 ** 20;
const line = (fields: object) => JSON.stringify({ ts: 1, key_id: "key_1", ...fields });

let own: OwnRedis | undefined;
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "");
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

test("who may not send is turned away before the body is read", async () => {
  const statusOf = async (authorization: string) => (await ingest.post(line({}), { authorization })).status;
  assert.equal(await statusOf(""), 401);
  assert.equal(await statusOf("Basic abc"), 401);
  assert.equal(await statusOf("Bearer unknown-token"), 401);
  assert.equal(await statusOf(`Bearer ${READ_TOKEN}`), 403);
  assert.equal((await ingest.takeAll()).blocks, 0);
});

test("other types and encodings are 415, what is not acceptable at all is 400 and reserves nothing", async () => {
  const unknown = await ingest.post("x", { "content-type": "text/plain" });
  assert.equal(unknown.status, 415);
  for (const type of ["application/x-ndjson", "application/ndjson", "application/json"]) {
    assert.ok(String(unknown.body["error"]).includes(type), String(unknown.body["error"]));
  }
  assert.match(String(unknown.body["error"]), /^Content-Type is not taken: send one of application/);
  const packed = await ingest.post("x", { "content-encoding": "br" });
  assert.deepEqual(
    [packed.status, packed.body["error"]],
    [415, "Content-Encoding is not taken: send gzip, or leave it out"],
  );
  assert.equal((await ingest.post("x", { "content-encoding": "gzip" })).status, 400);
  assert.equal((await ingest.post("[", { "content-type": "application/json; charset=utf-8" })).status, 400);
  const reserved = (await ingest.reservations()).length;
  const { status, body } = await ingest.post('{"ts":1}\n{"key_id":"k"}');
  assert.equal(status, 400);
  assert.equal(typeof body["error"], "string");
  assert.equal((body["errors"] as unknown[]).length, 2);
  assert.equal((await ingest.reservations()).length, reserved);
});

test("gzip is read, also of a JSON array", async () => {
  const body = gzipSync(`[${line({ region: "zip" })},${line({ id: "z" })}]`);
  const { status, body: receipt } = await ingest.post(body, {
    "content-type": "application/json",
    "content-encoding": "gzip",
  });
  assert.deepEqual([status, receipt["accepted"]], [202, 2]);
});

test("a gzip of 1 GB of zeros is 413 without the memory for it", async () => {
  const member = gzipSync(Buffer.alloc(16 * MIB));
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => member));
  const rssBefore = process.memoryUsage().rss;
  assert.equal((await ingest.post(bomb, { "content-encoding": "gzip" })).status, 413);
  assert.ok(process.memoryUsage().rss - rssBefore < 50 * MIB);
});

test("more than 10 MiB or 20,000 events is 413", async () => {
  const long = await ingest.post(`${line({})}${" ".repeat(10 * MIB)}`);
  assert.deepEqual([long.status, /at most 10 MiB/.test(String(long.body["error"]))], [413, true]);
  assert.equal((await ingest.post("{}\n".repeat(20_001))).status, 413);
});

test("while too much waits nothing is taken, and a sender is told when to come back", async () => {
  ingest.turns.pressed = "all";
  const { status, retryAfter } = await ingest.post(line({ region: "pressed" }));
  ingest.turns.pressed = "";
  assert.deepEqual([status, Number(retryAfter) > 0], [429, true]);
  assert.equal((await ingest.post(line({ region: "pressed" }))).body["repeated"], false);
});

test("a source that sends more than its quota is told to wait, and another is not", async () => {
  const other = { authorization: `Bearer ${OTHER_TOKEN}` };
  const body = Array.from({ length: 20_000 }, () => '{"ts":1,"key_id":"greedy"}').join("\n");
  let taken = 0;
  let answer = await ingest.post(body, other);
  for (; answer.status === 202 && taken < 50; taken += 1) {
    answer = await ingest.post(`${body}${" ".repeat(taken + 1)}`, other);
  }
  // Ten seconds' worth at once, and the body that passed it; more where reading took long.
  assert.ok(taken >= 5, `${taken} bodies`);
  assert.deepEqual([answer.status, Number(answer.retryAfter) >= 1 && Number(answer.retryAfter) <= 2], [429, true]);
  assert.equal((await ingest.post(line({ region: "modest" }))).status, 202);
});

test("health says alive, readiness says what is not", async () => {
  const statusOf = async (path: string) => (await fetch(`${ingest.server.url}${path}`)).status;
  assert.equal(await statusOf("/healthz"), 200);
  assert.equal(await statusOf("/readyz"), 200);
  ingest.turns.full = true;
  assert.equal(await statusOf("/readyz"), 503);
  assert.equal(await statusOf("/nothing?key=1"), 404);
});

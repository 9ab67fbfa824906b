import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { INGEST_TOKEN, openIngest, OTHER_TOKEN, type OpenIngest } from "../helpers/open-ingest.js";
import { openSlowSender } from "../helpers/slow-sender.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";
import { until } from "../helpers/until.js";

const MIB = 2 ** 20;
const SHORT = { graceMs: 300, bytesPerSecond: 1000, lookEveryMs: 50 };
const line = (fields: object) => JSON.stringify({ ts: 1, key_id: "key_1", ...fields });
const other = { authorization: `Bearer ${OTHER_TOKEN}` };
const headOf = (bytes: number, more = {}) => ({
  authorization: `Bearer ${INGEST_TOKEN}`,
  "content-type": "application/x-ndjson",
  "content-length": bytes,
  ...more,
});

let own: OwnRedis | undefined;
let redisUrl = "";
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  redisUrl = process.env["REDIS_URL"] ?? own?.url ?? "";
  ingest = await openIngest(redisUrl);
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

test("slow connections of one token take nothing from another, whose largest body is read beside them", async (context) => {
  const patient = await openIngest(redisUrl, { leastRate: { ...SHORT, graceMs: 600_000 } });
  const slow = await Promise.all(
    Array.from({ length: 20 }, () => openSlowSender(patient.server.url, "/v1/events", headOf(9 * MIB))),
  );
  context.after(async () => {
    for (const one of slow) one.close();
    await patient.close();
  });
  for (const one of slow) one.send("x");
  // All but the first are refused by their heads: what they claim is beyond the token's share.
  const refused = await Promise.all(slow.slice(1).map(({ status }) => status));
  assert.deepEqual(new Set(refused), new Set([429]));
  const body = `${line({ region: "beside slow ones" })}\n${" ".repeat(9 * MIB)}`;
  assert.equal((await patient.post(body, other)).status, 202);
  // What one token has taken refuses that token alone, with the reason.
  const own429 = await patient.post(body);
  assert.equal(own429.status, 429);
  assert.match(String(own429.body["error"]), /this sender has too many requests in flight/);
});

test("a body that arrives below 1,000 bytes a second is 408 and its connection is cut, a steady one is read", async (context) => {
  const strict = await openIngest(redisUrl, { leastRate: SHORT });
  context.after(() => strict.close());
  const slow = await openSlowSender(strict.server.url, "/v1/events", headOf(5000));
  const text = `${line({ region: "steady" })}\n`;
  const steady = await openSlowSender(strict.server.url, "/v1/events", headOf(text.length + 4000));
  steady.send(text + " ".repeat(2000));
  slow.send("xxx");
  const answer = await slow.ended;
  assert.match(answer, /^HTTP\/1\.1 408/);
  assert.match(answer, /at least 1,000 bytes a second/);
  steady.send(" ".repeat(2000));
  assert.equal(await steady.status, 202);
  steady.close();
});

test("connections beyond the most are closed at once, and those before them are served on", async (context) => {
  const few = await openIngest(redisUrl, { maxConnections: 2 });
  context.after(() => few.close());
  const held = [
    await openSlowSender(few.server.url, "/v1/events", headOf(1)),
    await openSlowSender(few.server.url, "/v1/events", headOf(1)),
  ];
  const third = await openSlowSender(few.server.url, "/v1/events", headOf(1));
  assert.equal(await third.ended, "");
  for (const one of held) one.send(" ");
  assert.deepEqual(await Promise.all(held.map(({ status }) => status)), [202, 202]);
  for (const one of held) one.close();
});

test("what gzip becomes is charged while it becomes it, whatever its length says, and the oldest body of a token gets through", async (context) => {
  const free = await openIngest(redisUrl, { quota: 0 });
  const body = gzipSync(`${line({ region: "large" })}\n${" ".repeat(9 * MIB)}`);
  const zipped = { "content-encoding": "gzip" };
  const first = await openSlowSender(free.server.url, "/v1/events", headOf(body.length, zipped));
  context.after(async () => {
    first.close();
    await free.close();
  });
  // All but its last byte: it is unpacked, and held.
  first.send(body.subarray(0, -1));
  await until("the first is unpacked", async () => (await free.post(body, zipped)).status === 429);
  assert.equal((await free.post(body, { ...zipped, ...other })).status, 202);
  assert.equal((await free.post(line({ region: "small beside it" }))).status, 202);
  first.send(body.subarray(-1));
  assert.equal(await first.status, 202);
  await until("its share is free again", async () => (await free.post(body, zipped)).status === 202);
});

test("reading costs quota by length, so that bodies of blanks are not free", async () => {
  const blanks = gzipSync(" ".repeat(10 * MIB));
  const zipped = { "content-encoding": "gzip", ...other };
  const statuses: number[] = [];
  while (statuses.at(-1) !== 429 && statuses.length < 20) statuses.push((await ingest.post(blanks, zipped)).status);
  assert.deepEqual([statuses[0], statuses.at(-1)], [202, 429]);
});

test("while a large body is read, others are answered", async () => {
  const large = Array.from({ length: 20_000 }, (_, index) => line({ id: `r${index}`, user_agent: "u".repeat(200) }));
  const sent = ingest.post(large.join("\n"));
  let answered = 0;
  const ask = async (): Promise<void> => {
    if ((await fetch(`${ingest.server.url}/healthz`)).status === 200) answered += 1;
  };
  const done = sent.then(() => true);
  while (!(await Promise.race([done, ask().then(() => false)])));
  assert.equal((await sent).status, 202);
  assert.ok(answered >= 5, `${answered} answers`);
});

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ADMIN_TOKEN, openIngest, OTHER_TOKEN, type OpenIngest } from "../helpers/open-ingest.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const line = (fields: object) => JSON.stringify({ ts: AT, key_id: "key_1", ...fields });
const lines = (count: number, fields: object = {}) =>
  Array.from({ length: count }, (_, index) => line({ id: `r${index}`, ...fields })).join("\n");

let own: OwnRedis | undefined;
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "");
});
beforeEach(async () => {
  ingest.turns.full = false;
  ingest.turns.loseAnswers = false;
  await ingest.takeAll();
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

const rowsCommitted = async () => (await ingest.takeAll()).rows;

test("three identical posts count once and are answered alike", async () => {
  const body = lines(1000, { region: "thrice" });
  const answers = [];
  for (let turn = 0; turn < 3; turn += 1) answers.push(await ingest.post(body));
  assert.deepEqual(
    answers.map(({ status, body: { accepted, repeated } }) => [status, accepted, repeated]),
    [
      [202, 1000, false],
      [202, 1000, true],
      [202, 1000, true],
    ],
  );
  assert.equal(new Set(answers.map((answer) => answer.body["batch"])).size, 1);
  assert.equal((await rowsCommitted()).length, 1000);
});

test("identical posts at the same time count once", async () => {
  const body = lines(10, { region: "together" });
  const answers = await Promise.all(Array.from({ length: 8 }, () => ingest.post(body)));
  assert.ok(answers.every((answer) => answer.status === 202));
  assert.equal(answers.filter((answer) => answer.body["repeated"] === false).length, 1);
  assert.equal((await rowsCommitted()).length, 10);
});

test("what an admin token sends is history, what an ingest token sends is not, whatever its age", async () => {
  await ingest.post(lines(2, { region: "live" }));
  await ingest.post(lines(3, { region: "imported" }), { authorization: `Bearer ${ADMIN_TOKEN}` });
  const rows = await rowsCommitted();
  assert.deepEqual(
    ["live", "imported"].map((region) =>
      rows.filter((row) => row["region"] === region).map((row) => row["is_history"]),
    ),
    [
      ["0", "0"],
      ["1", "1", "1"],
    ],
  );
});

test("a bad line among a thousand costs one event and is named", async () => {
  const texts = lines(1000, { region: "one bad" }).split("\n");
  texts[499] = '{"ts":"never","key_id":"key_1"}';
  const { status, body } = await ingest.post(texts.join("\n"));
  assert.equal(status, 202);
  assert.deepEqual([body["accepted"], body["rejected"]], [999, 1]);
  const [error] = body["errors"] as { line: number; reason: string }[];
  assert.equal(error?.line, 500);
  assert.match(error?.reason ?? "", /^bad_ts: /);
  assert.equal((await rowsCommitted()).length, 999);
});

test("a repeat is one under the same Idempotency-Key, and not under another key or token", async () => {
  const body = line({ region: "keyed" });
  const repeatedOf = async (text: string, headers: Record<string, string>) =>
    (await ingest.post(text, headers)).body["repeated"];
  assert.equal(await repeatedOf(body, { "idempotency-key": "k1" }), false);
  assert.equal(await repeatedOf(body, { "idempotency-key": "k1" }), true);
  assert.equal(await repeatedOf(body, { "idempotency-key": "k2" }), false);
  assert.equal(await repeatedOf(body, { "idempotency-key": "k1", authorization: `Bearer ${OTHER_TOKEN}` }), false);
  assert.equal((await rowsCommitted()).length, 3);
});

test("a repeat is remembered for 24 hours where the sender vouches for it, else for 10 minutes", async () => {
  const keptFor = async (body: string, headers?: Record<string, string>) => {
    const known = new Set((await ingest.reservations()).map(({ name }) => name));
    assert.equal((await ingest.post(body, headers)).status, 202);
    const added = (await ingest.reservations()).find(({ name }) => !known.has(name));
    const ttlMs = Number(/:repeats:(\d+):/.exec(added?.hash ?? "")?.[1]);
    // A whole slot expires at once, a sixth later at most.
    const leftMs = await ingest.redis.pttl(added?.hash ?? "");
    assert.ok(leftMs >= ttlMs - 1000 && leftMs <= ttlMs * (7 / 6), `${leftMs} of ${ttlMs}`);
    return ttlMs / 60_000;
  };
  assert.equal(await keptFor(line({ region: "no id" })), 10);
  assert.equal(await keptFor(`${line({ id: "1" })}\n${line({ region: "half" })}`), 10);
  assert.equal(await keptFor(line({ id: "1", region: "id" })), 1440);
  assert.equal(await keptFor(line({ region: "key" }), { "idempotency-key": "ttl" }), 1440);
});

test("a commit whose answer was lost is found by the repeat and counts once", async () => {
  const body = lines(5, { region: "lost" });
  ingest.turns.loseAnswers = true;
  assert.equal((await ingest.post(body)).status, 503);
  ingest.turns.loseAnswers = false;
  const { status, body: receipt } = await ingest.post(body);
  assert.deepEqual([status, receipt["accepted"], receipt["repeated"]], [202, 5, true]);
  assert.equal((await rowsCommitted()).length, 5);
});

test("a repeat in a group of others costs the others nothing, and is answered as the first was", async () => {
  const first = `${line({ region: "grouped" })}\n{"ts":"never"}`;
  const { body: receipt } = await ingest.post(first);
  const others = Array.from({ length: 20 }, (_, index) => line({ region: `other-${index}` }));
  const answers = await Promise.all(
    [...others.slice(0, 10), first, ...others.slice(10)].map((body) => ingest.post(body)),
  );
  assert.deepEqual(answers.map(({ body }) => body["repeated"]).indexOf(true), 10);
  assert.deepEqual(answers[10]?.body, { ...receipt, repeated: true });
  assert.equal(new Set((await rowsCommitted()).map((row) => row["region"])).size, 21);
});

test("bodies that arrive together become one block, a large one stays alone, and each row keeps its source", async () => {
  const small = Array.from({ length: 30 }, (_, index) => line({ ts: Date.now(), region: `small-${index}` }));
  await Promise.all(
    small.map((body, index) => ingest.post(body, index % 2 === 0 ? {} : { authorization: `Bearer ${OTHER_TOKEN}` })),
  );
  await ingest.post(lines(800, { ts: Date.now(), region: "large" }));
  const { rows, blocks } = await ingest.takeAll();
  assert.equal(blocks, 2);
  const sources = new Map(rows.map((row) => [row["region"], row["ingest_source"]]));
  assert.deepEqual([sources.get("small-4"), sources.get("small-5"), sources.get("large")], ["acme", "other", "acme"]);
  assert.equal(rows.length, 830);
});

test("an empty body is a heartbeat each time", async () => {
  for (const body of ["", "\n"]) {
    const { status, body: receipt } = await ingest.post(body);
    assert.deepEqual([status, receipt["accepted"], receipt["repeated"]], [202, 0, false]);
  }
  const withoutType = await fetch(`${ingest.server.url}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${OTHER_TOKEN}` },
  });
  assert.equal(withoutType.status, 202);
  const { heartbeats, rows } = await ingest.takeAll();
  // Two in a minute say what one says.
  assert.deepEqual(
    [...new Set(heartbeats)].toSorted((a, b) => a.localeCompare(b)),
    ["acme", "other"],
  );
  assert.deepEqual(rows, []);
});

test("a full queue is 429 with Retry-After, and the same batch is taken once there is room", async () => {
  const body = lines(3, { region: "full" });
  ingest.turns.full = true;
  const refused = await ingest.post(body);
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.retryAfter) > 0);
  ingest.turns.full = false;
  assert.equal((await ingest.post(body)).body["accepted"], 3);
  assert.equal((await rowsCommitted()).length, 3);
});

test("a raw key appears nowhere in the block, the reservation, the answer or the log", async () => {
  const key = "acme-raw-key-without-known-shape-31337";
  const wires = [
    { ts: AT, key, route: `/x/${key}` },
    { ts: AT, key, key_id: key },
    { ts: "never", key },
  ];
  const answer = await ingest.post(`${wires.map((wire) => JSON.stringify(wire)).join("\n")}\n{"key":"${key}`);
  assert.deepEqual([answer.body["accepted"], answer.body["rejected"]], [1, 3]);
  const reservations = await ingest.reservations();
  const metrics = await (await fetch(`${ingest.server.url}/metrics`)).text();
  assert.match(metrics, /plimsoll_ingest_events_rejected_total\{source="acme",reason="two_keys"\} 1/);
  const seen = JSON.stringify([answer, await rowsCommitted(), reservations, ingest.logged, metrics]);
  assert.ok(!seen.includes(key) && seen.includes("fp_"));
});

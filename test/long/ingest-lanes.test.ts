import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { INGEST_TOKEN, openIngest, OTHER_TOKEN, PARTITION_QUOTA, type OpenIngest } from "../helpers/open-ingest.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => Date.now() - days * DAY_MS;
const line = (fields: object) => JSON.stringify({ ts: Date.now(), key_id: "key_1", ...fields });
const other = { authorization: `Bearer ${OTHER_TOKEN}` };
const keyed = (key: string, token = INGEST_TOKEN) => ({ "idempotency-key": key, authorization: `Bearer ${token}` });

let own: OwnRedis | undefined;
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "");
});
beforeEach(async () => {
  ingest.turns.pressed = "";
  ingest.turns.loseAnswers = false;
  await ingest.takeAll();
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

test("old events of a body wait in a lane of their own, by week, and all of it is committed once in one step", async () => {
  const body = [0, 1, 7, 8, 21, 22, 60]
    .map((days, index) => line({ ts: daysAgo(days), id: `mixed-${index}` }))
    .join("\n");
  ingest.turns.loseAnswers = true;
  assert.equal((await ingest.post(body)).status, 503);
  ingest.turns.loseAnswers = false;
  assert.equal((await ingest.post(body)).body["repeated"], true);
  const { rows, lanes, blocks } = await ingest.takeAll();
  assert.deepEqual(lanes, [2, 5]);
  assert.equal(new Set(rows.map((row) => row["id"])).size, 7);
  // Two neighbouring days may be of two weeks.
  assert.ok(blocks >= 4 && blocks <= 6, `${blocks} blocks`);
});

test("bodies that span weeks become one block a week together, and a live block of its own goes before them", async () => {
  const spanning = Array.from({ length: 12 }, (_, n) =>
    Array.from({ length: 4 }, (__, week) => line({ ts: daysAgo(10 + 7 * week), id: `span-${n}-${week}` })).join("\n"),
  );
  for (const [n, body] of spanning.entries()) {
    assert.equal((await ingest.post(body, n % 2 === 0 ? {} : other)).status, 202);
  }
  await ingest.post(line({ id: "live" }));
  const depth = await ingest.ingestBuffer.depth();
  // The live lane knows only of its own: what waits in the other holds no check.
  assert.equal(depth.live.rows, 1);
  assert.ok((depth.live.oldestAt ?? 0) >= (depth.backfill.oldestAt ?? Infinity));
  const { blocks, lanes } = await ingest.takeAll();
  assert.deepEqual([blocks, lanes], [5, [1, 48]]);
});

test("a token that spreads events over too many old days is refused these with the reason, while its live events and others' old ones go on", async () => {
  const days = Array.from({ length: 80 }, (_, day) => line({ ts: daysAgo(3 + day) })).join("\n");
  const statuses: number[] = [];
  let refused = await ingest.post(days);
  while (refused.status === 202 && statuses.length < 5) {
    statuses.push(refused.status);
    refused = await ingest.post(`${days}${" ".repeat(statuses.length)}`);
  }
  assert.equal(refused.status, 429);
  assert.match(String(refused.body["error"]), /too many past days/);
  assert.ok(
    Number(refused.retryAfter) >= 1 && Number(refused.retryAfter) <= (10 * 10 * PARTITION_QUOTA) / PARTITION_QUOTA,
  );
  assert.equal((await ingest.post(line({ id: "its live one" }))).status, 202);
  assert.equal((await ingest.post(line({ ts: daysAgo(5), id: "another's old one" }), other)).status, 202);
});

test("while the backfill lane is full only bodies with old events are refused", async () => {
  ingest.turns.pressed = "backfill";
  const refused = await ingest.post(`${line({ id: "new" })}\n${line({ ts: daysAgo(4), id: "old" })}`, other);
  assert.deepEqual([refused.status, refused.retryAfter, refused.body["error"]], [429, "7", "too old: backfill"]);
  assert.equal((await ingest.post(line({ id: "new" }), other)).status, 202);
  assert.deepEqual((await ingest.takeAll()).lanes, [1, 0]);
});

test("the same Idempotency-Key with another body is 422 and nothing of it is counted, however close the two are", async () => {
  const first = line({ region: "first" });
  assert.equal((await ingest.post(first, keyed("one"))).status, 202);
  const reused = await ingest.post(line({ region: "second" }), keyed("one"));
  assert.equal(reused.status, 422);
  assert.match(String(reused.body["error"]), /Idempotency-Key was used for another body/);
  assert.deepEqual((await ingest.post(first, keyed("one"))).body["repeated"], true);
  assert.equal((await ingest.post(line({ region: "second" }), keyed("one", OTHER_TOKEN))).status, 202);
  const together = await Promise.all(
    ["a", "b", "c", "a"].map((region) => ingest.post(line({ region, id: "r" }), keyed("two"))),
  );
  const counted = together.filter(({ status }) => status === 202);
  assert.ok(counted.length >= 1 && counted.length <= 2, JSON.stringify(together.map(({ status }) => status)));
  assert.ok(together.every(({ status }) => status === 202 || status === 422));
  assert.equal((await ingest.takeAll()).rows.length, 3);
});

test("what repeats are recognised by takes some 64 bytes a body where there are many, and is counted for each token", async () => {
  const used = async () => Number(/used_memory:(\d+)/.exec(await ingest.redis.info("memory"))?.[1]);
  const keptBefore = await ingest.ingestBuffer.keptBytes();
  const commit = async (from: number, count: number) =>
    ingest.ingestBuffer.commit({
      reservations: Array.from({ length: count }, (_, index) => ({
        // As many to a hash as a million bodies in four hours make.
        head: `h${(from + index) % 500}`,
        field: `${from + index}`.padStart(16, "f"),
        source: from % 2 === 0 ? "acme" : "other",
        value: `abcdefghijkl.${from + index} 1 0`,
        errors: "",
        ttlMs: 86_400_000,
      })),
      ids: [],
      heartbeats: [],
      pieces: [],
      alone: [],
      backfill: [],
    });
  await commit(0, 1000);
  const usedBefore = await used();
  for (let from = 1000; from < 31_000; from += 1000) await commit(from, 1000);
  const perBody = ((await used()) - usedBefore) / 30_000;
  assert.ok(perBody < 80, `${perBody.toFixed(0)} bytes`);
  const kept = await ingest.ingestBuffer.keptBytes();
  assert.equal((kept.get("acme") ?? 0) - (keptBefore.get("acme") ?? 0), 31_000 * 64);
});

test("a token whose repeats fill their share is refused before its body is read, and another is not", async () => {
  ingest.turns.pressed = "acme";
  const refused = await ingest.post(line({ region: "kept" }));
  assert.deepEqual([refused.status, refused.body["error"]], [429, "too old: acme"]);
  assert.equal((await ingest.post(line({ region: "kept" }), other)).status, 202);
});

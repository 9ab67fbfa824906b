import assert from "node:assert/strict";
import { test } from "node:test";
import { openIngest } from "../helpers/open-ingest.js";
import { spawnRedis } from "../helpers/spawn-redis.js";
import { until } from "../helpers/until.js";

test("without Redis a post is 503 with Retry-After within 3 s, and taken once Redis is back", async (context) => {
  // Its own Redis whatever REDIS_URL says, for it is stopped.
  const redis = await spawnRedis();
  const ingest = await openIngest(redis.url);
  context.after(async () => {
    await ingest.close();
    await redis.stop();
  });
  const body = JSON.stringify({ ts: 1, key_id: "key_1", id: "r1" });
  assert.equal((await ingest.post(body)).status, 202);

  await redis.stop();
  const startedAt = performance.now();
  const refused = await ingest.post(`${body} `);
  assert.ok(performance.now() - startedAt < 3000);
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.retryAfter) > 0);

  await redis.start();
  await until("the connection is back", () => ingest.redis.status === "ready");
  const answer = await ingest.post(`${body} `);
  assert.equal(answer.status, 202);
  assert.equal((await ingest.takeAll()).rows.length, 1);
});

test("a Redis that hangs is 503 within 3 s, and the repeat after it counts once", async (context) => {
  const redis = await spawnRedis();
  const ingest = await openIngest(redis.url);
  context.after(async () => {
    await ingest.close();
    await redis.stop();
  });
  const body = JSON.stringify({ ts: 1, key_id: "key_1", id: "r1" });
  redis.freeze();
  const startedAt = performance.now();
  const refused = await ingest.post(body);
  assert.ok(performance.now() - startedAt < 3000);
  assert.deepEqual([refused.status, Number(refused.retryAfter) > 0], [503, true]);
  // What was sent to it in the meantime is done now: it is the same batch.
  redis.thaw();
  assert.equal((await ingest.post(body)).status, 202);
  assert.equal((await ingest.takeAll()).rows.length, 1);
});

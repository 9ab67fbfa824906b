import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readRedisMemory } from "../../src/store/redis/redis-memory.js";
import { startHouse, type House } from "../faults/house.js";

const isLong = process.env["TEST_FAULT_ROUNDS"] !== undefined;
const AWAY_SECONDS = isLong ? 120 : 12;
const BODIES_PER_SECOND = 10;
const PER_BODY = 500;
const DRAIN_SECONDS = 60;
const REDIS_MAX_BYTES = 64 * 2 ** 20;

test(`with ClickHouse away for ${AWAY_SECONDS} s under 5,000 events a second nothing is lost, and the backlog drains within a minute`, async (t) => {
  const house = await startHouse();
  t.after(() => house.close());
  const sent: Promise<number>[] = [];
  await house.clickhouses[0]!.kill();
  const startedAt = performance.now();
  for (let body = 0; body < AWAY_SECONDS * BODIES_PER_SECOND; body += 1) {
    await pause(Math.max(0, startedAt + (body * 1000) / BODIES_PER_SECOND - performance.now()));
    sent.push(post(house, bodyNamed(`away-${body}`, PER_BODY)).then(({ status }) => status));
  }
  assert.deepEqual(new Set(await Promise.all(sent)), new Set([202]));
  const { rows } = (await house.ingestBuffer.depth()).live;
  await house.clickhouses[0]!.start();
  const backAt = performance.now();
  await house.untilRecorded(DRAIN_SECONDS * 1000);
  t.diagnostic(
    `${rows} events waited, and were recorded ${((performance.now() - backAt) / 1000).toFixed(1)} s after ClickHouse was back`,
  );
  await assertOnce(house, sent.length * PER_BODY);
});

test("with Redis bounded to 64 MB and ClickHouse away ingest refuses before Redis does, and all that was acknowledged lands", async (t) => {
  const house = await startHouse({}, { PLIMSOLL_TOKEN_EVENTS_PER_SECOND: "0" });
  t.after(() => house.close());
  await house.redisClient.config("SET", "maxmemory", String(REDIS_MAX_BYTES));
  await house.clickhouses[0]!.kill();
  let acknowledged = 0;
  const refusals: number[] = [];
  const sendUntilRefused = async (sender: number): Promise<void> => {
    for (let body = 0; refusals.length < 8; body += 1) {
      const { status, retryAfter } = await post(house, bodyNamed(`full-${sender}-${body}`, 4000));
      if (status === 202) acknowledged += 4000;
      else {
        assert.ok([429, 503].includes(status) && retryAfter > 0, `${status}`);
        refusals.push(status);
      }
    }
  };
  await Promise.all([0, 1, 2, 3].map(sendUntilRefused));
  const { usedBytes } = await readRedisMemory(house.redisClient);
  t.diagnostic(
    `refused with ${[...new Set(refusals)].join(", ")} at ${acknowledged} events, ${(usedBytes / 2 ** 20).toFixed(1)} MiB in Redis`,
  );
  assert.ok(acknowledged > 100_000 && usedBytes < REDIS_MAX_BYTES);
  assert.doesNotMatch(await house.redisClient.info("errorstats"), /OOM/);
  await house.clickhouses[0]!.start();
  await house.untilRecorded(180_000);
  // It recovers by itself.
  for (let tries = 0; (await post(house, bodyNamed("after", 10))).status !== 202; tries += 1) {
    assert.ok(tries < 50, "ingest takes nothing although nothing waits");
    await pause(200);
  }
  await house.untilRecorded(30_000);
  await assertOnce(house, acknowledged + 10);
});

/** Texts that do not compress, so that few events fill much memory. */
function bodyNamed(name: string, events: number): string {
  const [ts, salt] = [Date.now(), randomBytes(48 * events).toString("base64")];
  return Array.from({ length: events }, (_, index) =>
    JSON.stringify({ ts, key_id: "outage", id: `${name}-${index}-${salt.slice(index * 64, (index + 1) * 64)}` }),
  ).join("\n");
}

async function post(house: House, body: string): Promise<{ readonly status: number; readonly retryAfter: number }> {
  const answer = await fetch(`${house.urls[body.length % house.urls.length]}/v1/events`, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${house.token}`, "content-type": "application/x-ndjson" },
  });
  await answer.text();
  return { status: answer.status, retryAfter: Number(answer.headers.get("retry-after") ?? 0) };
}

async function assertOnce({ store }: House, events: number): Promise<void> {
  const answer = await store.client.query({
    query: `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS distinct,
            (SELECT toUInt32(sum(requests)) FROM usage_hours) AS requests FROM requests`,
    format: "JSONEachRow",
  });
  assert.deepEqual(await answer.json(), [{ rows: events, distinct: events, requests: events }]);
}

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../src/local/simulator/random.js";
import { openIngest } from "../helpers/open-ingest.js";
import { startSentinelRedis } from "../helpers/sentinel-redis.js";
import { until } from "../helpers/until.js";

const FAILOVERS = Number(process.env["FAILOVERS"] ?? 100);
const SEED = Number(process.env["TEST_SEED"] ?? 20_261_128);
const SENDERS = 6;
const LONGEST_CALM_MS = 400;

test("whatever was acknowledged is there, once, after the master of Redis was killed, time and again", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-failover-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const redis = await startSentinelRedis(dir);
  t.after(() => redis.kill());
  const ingest = await openIngest(redis.url, { quota: 1_000_000, replicas: 1 });
  t.after(() => ingest.close());
  const random = new Random(SEED, "failover");
  const acknowledged = new Set<string>();
  let refused = 0;
  const over = new AbortController();
  t.after(() => over.abort());
  const send = async (sender: number): Promise<void> => {
    for (let nth = 0; !over.signal.aborted; nth += 1) {
      const id = `event-${sender}-${nth}`;
      const body = JSON.stringify({ ts: new Date().toISOString(), id, key_id: "k", route: "/r", status: 200 });
      // As a sender does: the same body again, until it is taken.
      for (;;) {
        const answer = await ingest.post(body).catch(() => null);
        if (answer?.status === 202) break;
        refused += 1;
        await pause(20);
      }
      acknowledged.add(id);
    }
  };
  const senders = Array.from({ length: SENDERS }, (_, sender) => send(sender));
  for (let failover = 0; failover < FAILOVERS; failover += 1) {
    await pause(random.below(LONGEST_CALM_MS));
    await (random.below(10) === 0 ? redis.freezeMaster() : redis.killMaster());
  }
  over.abort();
  await Promise.all(senders);
  await until("ingest reaches Redis again", async () => (await ingest.redis.ping().catch(() => "")) === "PONG");
  const { rows } = await ingest.takeAll();
  const found = new Map<string, number>();
  for (const { id } of rows) found.set(String(id), (found.get(String(id)) ?? 0) + 1);
  const missing = [...acknowledged].filter((id) => !found.has(id));
  const doubled = [...found].filter(([, times]) => times > 1).map(([id]) => id);
  t.diagnostic(
    `${FAILOVERS} fail-overs, ${acknowledged.size} events acknowledged, ${refused} answers that were none, ` +
      `${missing.length} missing, ${doubled.length} doubled (seed ${SEED})`,
  );
  assert.ok(acknowledged.size > 10 * FAILOVERS && refused > 0);
  assert.deepEqual({ missing, doubled }, { missing: [], doubled: [] });
});

test("without a replica nothing is acknowledged, and with one again everything is", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-failover-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const redis = await startSentinelRedis(dir);
  t.after(() => redis.kill());
  const ingest = await openIngest(redis.url, { replicas: 1 });
  t.after(() => ingest.close());
  const bodyOf = (id: string) =>
    JSON.stringify({ ts: new Date().toISOString(), id, key_id: "k", route: "/r", status: 200 });
  const [before, alone] = [bodyOf("before"), bodyOf("alone")];
  assert.equal((await ingest.post(before)).status, 202);
  const refused = await redis.withoutReplicas(async () => ingest.post(alone));
  assert.equal(refused.status, 503);
  assert.match(String(refused.body["error"]), /send again; repeats are counted once/);
  // It is in the master, and counts once.
  const again = await ingest.post(alone);
  assert.deepEqual([again.status, again.body["repeated"]], [202, true]);
  const { rows } = await ingest.takeAll();
  assert.deepEqual(rows.map(({ id }) => String(id)).toSorted(), ["alone", "before"]);
});

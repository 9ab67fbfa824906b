import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../src/local/simulator/random.js";
import { openIngest } from "../helpers/open-ingest.js";
import { startSyncedRedis } from "../helpers/synced-redis.js";
import { until } from "../helpers/until.js";

const CUTS = Number(process.env["POWER_CUTS"] ?? 200);
const SEED = Number(process.env["TEST_SEED"] ?? 20_261_127);
/** Senders at once, so that commits are groups. */
const SENDERS = 6;

/** Cuts the power so often, each time at some answer; says how many events were acknowledged, and which of them are missing. */
async function cutAndCount(t: TestContext, durable: "disk" | "memory", cuts: number) {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-power-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const redis = await startSyncedRedis(dir, durable);
  t.after(() => redis.stop());
  const ingest = await openIngest(redis.url, { quota: 1_000_000 });
  t.after(() => ingest.close());
  const random = new Random(SEED, durable);
  let [acknowledged, sent] = [0, 0];
  const missing: string[] = [];
  for (let cut = 0; cut < cuts; cut += 1) {
    const known = new Set<string>();
    const answers = 1 + random.below(60);
    let isOver = false;
    const send = async (): Promise<void> => {
      while (!isOver) {
        const id = `event-${(sent += 1)}`;
        const body = JSON.stringify({ ts: new Date().toISOString(), id, key_id: "k", route: "/r", status: 200 });
        const answer = await ingest.post(body).catch(() => null);
        if (answer?.status === 202 && !isOver) known.add(id);
        if (known.size >= answers) isOver = true;
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    await redis.cutPower(redis.syncedLength());
    await until("ingest reaches Redis again", async () => (await ingest.redis.ping().catch(() => "")) === "PONG");
    const { rows } = await ingest.takeAll();
    const there = new Set(rows.map((row) => row["id"]));
    missing.push(...[...known].filter((id) => !there.has(id)));
    acknowledged += known.size;
    await pause(0);
  }
  t.diagnostic(
    `${durable}: ${cuts} cuts, ${acknowledged} events acknowledged, ${missing.length} missing (seed ${SEED})`,
  );
  return { acknowledged, missing };
}

test("whatever was acknowledged is there after the power was cut, time and again", async (t) => {
  const { acknowledged, missing } = await cutAndCount(t, "disk", CUTS);
  assert.ok(acknowledged > 10 * CUTS);
  assert.deepEqual(missing, []);
});

test("with PLIMSOLL_DURABLE=memory the same cut loses acknowledged events: the cut is one", async (t) => {
  const { missing } = await cutAndCount(t, "memory", 5);
  assert.ok(missing.length > 0);
});

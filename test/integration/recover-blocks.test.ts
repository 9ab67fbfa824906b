import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { recordBackfillJob } from "../../jobs/record-backfill.js";
import { recordEventsJob } from "../../jobs/record-events.js";
import { recoverBlocks } from "../../src/pipeline/ingest/recover-blocks.js";
import { RECORD_QUEUES } from "../../src/pipeline/ingest/record-events.js";
import { openQueues, type Queues } from "../../src/queue/open-queues.js";
import { openIngestBuffer, type IngestBuffer } from "../../src/store/ingest/ingest-buffer.js";
import type { IngestBufferGroup, Reservation } from "../../src/store/ingest/group-arguments.js";
import { KEPT_MS } from "../../src/store/ingest/kept-repeats.js";
import { scratchPrefix, testServices } from "../helpers/services.js";

const prefix = scratchPrefix();
const piece = (rows: number) => ({
  shard: 0,
  rows,
  rowsBySource: new Map([["a:b", rows]]),
  data: Buffer.from(`${rows} rows`),
  counts: [{ hour: 3_600_000, source: "a:b", process: "p", events: rows }],
});
const week = (number: number, rows: number) => ({ week: number, ...piece(rows) });
const reservation = (name: string, value = `batch-of-${name}`): Reservation => {
  return { head: "h", field: name, source: "acme", value, errors: "", ttlMs: KEPT_MS.vouched };
};
const group = (name: string, more: Partial<IngestBufferGroup>): IngestBufferGroup => ({
  reservations: [reservation(name)],
  ids: [],
  heartbeats: [],
  pieces: [],
  alone: [],
  backfill: [],
  ...more,
});

let redis: Redis;
let queues: Queues;
let ingestBuffer: IngestBuffer;
let sweep: () => ReturnType<typeof recoverBlocks>;

before(() => {
  redis = new Redis(testServices().redisUrl);
  queues = openQueues(redis, prefix, [recordEventsJob, recordBackfillJob]);
  ingestBuffer = openIngestBuffer(redis, prefix, { maxRows: 100 });
  sweep = async () =>
    recoverBlocks({
      ingestBuffer,
      withoutJob: async (lane, ids) => queues.withoutJob(RECORD_QUEUES[lane], ids),
      enqueue: async ({ lane, id }) => queues.enqueue(RECORD_QUEUES[lane], id, { block: id }),
      // With the patience of the sweep, what is open is old at once.
      groupMs: -3000,
    });
});
after(async () => {
  for (const queue of Object.values(RECORD_QUEUES)) await queues.of(queue).obliterate({ force: true });
  await queues.close();
  redis.disconnect();
});

test("what a process committed before it died is handed over once, whether it was sealed or not", async () => {
  const full = await ingestBuffer.commit(group("full", { pieces: [piece(100)] }));
  await ingestBuffer.commit(group("alone", { alone: [piece(30), piece(20)] }));
  await ingestBuffer.commit(group("open", { pieces: [piece(3)] }));
  await ingestBuffer.commit(group("old", { backfill: [week(2900, 7), week(2901, 8)] }));
  await ingestBuffer.commit(group("heard", { heartbeats: [{ source: "a:b", minute: 60_000 }] }));
  assert.equal(full.kind === "committed" ? full.sealed.length : 0, 1);
  assert.deepEqual(await sweep(), { handedOver: 6 });
  assert.deepEqual(await sweep(), { handedOver: 0 });

  // The queue lost its jobs: the blocks are still there.
  for (const queue of Object.values(RECORD_QUEUES)) await queues.of(queue).obliterate({ force: true });
  assert.deepEqual(await sweep(), { handedOver: 6 });
  const blocksIn = async (queue: string) => {
    const jobs = await queues.of(queue).getJobs(["waiting"]);
    return Promise.all(jobs.map(async ({ data }) => ingestBuffer.read((data as { block: string }).block)));
  };
  const rowsOf = (found: Awaited<ReturnType<typeof blocksIn>>) =>
    found.map((block) => block?.rows).toSorted((a = 0, b = 0) => a - b);
  const blocks = await blocksIn(RECORD_QUEUES.live);
  assert.deepEqual(rowsOf(blocks), [3, 20, 30, 100]);
  assert.deepEqual(rowsOf(await blocksIn(RECORD_QUEUES.backfill)), [7, 8]);
  const last = blocks.find((block) => block?.rows === 3);
  assert.deepEqual(last?.pieces, [Buffer.from("3 rows")]);
  assert.deepEqual(last?.heartbeats, [{ source: "a:b", minute: 60_000 }]);
  for (const block of blocks) assert.deepEqual(block?.counts, piece(block?.rows ?? 0).counts);
  const { live, backfill } = await ingestBuffer.depth();
  assert.deepEqual([live.rows, live.blocks, backfill.rows, backfill.blocks], [153, 4, 15, 2]);

  for (const id of [...(await ingestBuffer.sealedIds("live", 10)), ...(await ingestBuffer.sealedIds("backfill", 10))]) {
    assert.notEqual(await ingestBuffer.forget(id), null);
    assert.equal(await ingestBuffer.forget(id), null);
    assert.equal(await ingestBuffer.read(id), null);
  }
  const empty = { rows: 0, bytes: 0, blocks: 0, oldestAt: null };
  const { readAt, ...depth } = await ingestBuffer.depth();
  assert.deepEqual(depth, { live: empty, backfill: empty });
  assert.ok(Math.abs(readAt - Date.now()) < 60_000);
});

test("a bucket that was opened before there were shards is sealed with the others, as one of the first shard", async () => {
  const open = `${prefix}:intake:live:open`;
  await redis
    .multi()
    .rpush(`${open}:0`, "old rows")
    .hset(`${open}:0:meta`, { rows: 1, bytes: 8, since: 1 })
    .zadd(open, 1, "0")
    .hincrby(`${prefix}:intake:totals`, "live:rows", 1)
    .hincrby(`${prefix}:intake:totals`, "live:bytes", 8)
    .exec();
  await ingestBuffer.commit(group("beside", { pieces: [piece(2)] }));
  const { sealed } = await ingestBuffer.seal("live", -3000);
  assert.equal(sealed.length, 2);
  assert.ok(sealed.every((id) => id.endsWith(".0")));
  for (const id of sealed) await ingestBuffer.forget(id);
});

test("a commit that is sent twice is done once, and one of which a part is held by another does nothing", async () => {
  const both = group("first", { pieces: [piece(5)] });
  await ingestBuffer.commit(both);
  const again = await ingestBuffer.commit(both);
  assert.deepEqual([again.kind, again.kind === "committed" && again.sealed], ["committed", []]);
  const mixed = { ...both, reservations: [reservation("second"), reservation("first", "another batch")] };
  assert.deepEqual(await ingestBuffer.commit(mixed), { kind: "held", values: [null, "batch-of-first"] });
  assert.equal((await ingestBuffer.depth()).live.rows, 5);
  const names = await Promise.all((await redis.keys(`${prefix}:repeats:[0-9]*`)).map((hash) => redis.hkeys(hash)));
  assert.ok(names.flat().includes("first") && !names.flat().includes("second"));
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { recordEventsJob } from "../../jobs/record-events.js";
import { queueBlocks } from "../../src/pipeline/queue-blocks.js";
import { RECORD_EVENTS } from "../../src/pipeline/record-events.js";
import { openQueues, type Queues } from "../../src/queue/open-queues.js";
import { openIntake, type Intake, type IntakeGroup } from "../../src/store/intake.js";
import { scratchPrefix, testServices } from "../helpers/services.js";

const prefix = scratchPrefix();
const piece = (rows: number) => ({
  rows,
  data: Buffer.from(`${rows} rows`),
  counts: [{ hour: 3_600_000, source: "a:b", process: "p", events: rows }],
});
const group = (name: string, more: Partial<IntakeGroup>): IntakeGroup => ({
  reservations: [{ key: name, value: `batch-of-${name}`, ttlMs: 60_000 }],
  heartbeats: [],
  piece: null,
  alone: [],
  ...more,
});

let redis: Redis;
let queues: Queues;
let intake: Intake;
let sweep: () => ReturnType<typeof queueBlocks>;

before(() => {
  redis = new Redis(testServices().redisUrl);
  queues = openQueues(redis, prefix, [recordEventsJob]);
  intake = openIntake(redis, prefix, { maxRows: 100 });
  sweep = async () =>
    queueBlocks({
      intake,
      withoutJob: async (ids) => queues.withoutJob(RECORD_EVENTS, ids),
      enqueue: async (block) => queues.enqueue(RECORD_EVENTS, block, { block }),
      // With the patience of the sweep, what is open is old at once.
      groupMs: -2000,
    });
});
after(async () => {
  await queues.of(RECORD_EVENTS).obliterate({ force: true });
  await queues.close();
  redis.disconnect();
});

test("what a process committed before it died is handed over once, whether it was sealed or not", async () => {
  const full = await intake.commit(group("full", { piece: piece(100) }));
  await intake.commit(group("alone", { alone: [piece(30), piece(20)] }));
  await intake.commit(group("open", { piece: piece(3) }));
  await intake.commit(group("heard", { heartbeats: [{ source: "a:b", minute: 60_000 }] }));
  assert.equal(full.kind === "committed" ? full.sealed.length : 0, 1);
  assert.deepEqual(await sweep(), { handedOver: 4 });
  assert.deepEqual(await sweep(), { handedOver: 0 });

  // The queue lost its jobs: the blocks are still there.
  await queues.of(RECORD_EVENTS).obliterate({ force: true });
  assert.deepEqual(await sweep(), { handedOver: 4 });
  const jobs = await queues.of(RECORD_EVENTS).getJobs(["waiting"]);
  const blocks = await Promise.all(jobs.map(async ({ data }) => intake.read((data as { block: string }).block)));
  assert.deepEqual(
    blocks.map((block) => block?.rows).toSorted((a = 0, b = 0) => a - b),
    [3, 20, 30, 100],
  );
  const last = blocks.find((block) => block?.rows === 3);
  assert.deepEqual(last?.pieces, [Buffer.from("3 rows")]);
  assert.deepEqual(last?.heartbeats, [{ source: "a:b", minute: 60_000 }]);
  for (const block of blocks) assert.deepEqual(block?.counts, piece(block?.rows ?? 0).counts);
  assert.equal((await intake.depth()).rows, 153);

  for (const id of await intake.sealedIds(10)) {
    assert.notEqual(await intake.forget(id), null);
    assert.equal(await intake.forget(id), null);
    assert.equal(await intake.read(id), null);
  }
  const { readAt, ...depth } = await intake.depth();
  assert.deepEqual(depth, { rows: 0, bytes: 0, blocks: 0, oldestAt: null });
  assert.ok(Math.abs(readAt - Date.now()) < 60_000);
});

test("a commit that is sent twice is done once, and one of which a part is held by another does nothing", async () => {
  const both = group("first", { piece: piece(5) });
  await intake.commit(both);
  const again = await intake.commit(both);
  assert.deepEqual([again.kind, again.kind === "committed" && again.sealed], ["committed", []]);
  const [mine] = group("second", {}).reservations;
  const mixed = { ...both, reservations: [mine!, { key: "first", value: "another batch", ttlMs: 60_000 }] };
  assert.deepEqual(await intake.commit(mixed), { kind: "held", values: [null, "batch-of-first"] });
  assert.equal((await intake.depth()).rows, 5);
  assert.equal(await redis.exists(`${prefix}:batch:second`), 0);
});

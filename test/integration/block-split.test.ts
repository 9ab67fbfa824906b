import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { liveSpan } from "../../src/model/event/accepted-span.js";
import { openGroupCommit } from "../../src/pipeline/ingest/commit-groups.js";
import { recordEvents } from "../../src/pipeline/ingest/record-events.js";
import { ClickHouseError } from "@clickhouse/client";
import { openBlockSplit, type BlockSplit } from "../../src/store/ingest/block-split.js";
import { openIngestBuffer, type IngestBuffer } from "../../src/store/ingest/ingest-buffer.js";
import type { IngestBufferGroup } from "../../src/store/ingest/group-arguments.js";
import { acceptEvents } from "../helpers/accept-events.js";
import { rules } from "../helpers/ingest-rules.js";
import { scratchPrefix, testServices } from "../helpers/services.js";

const prefix = scratchPrefix();
let redis: Redis;
let buffer: IngestBuffer;
let split: BlockSplit;

before(() => {
  redis = new Redis(testServices().redisUrl);
  buffer = openIngestBuffer(redis, prefix, { maxRows: 100 });
  split = openBlockSplit(redis, prefix);
});
after(async () => {
  await redis.del(...(await redis.keys(`${prefix}*`)));
  redis.disconnect();
});

const piece = (shard: number, rows: number) => ({
  shard,
  rows,
  rowsBySource: new Map([["a", rows]]),
  data: Buffer.from(`${rows} rows`),
  counts: [],
});
const group = (shards: number, pieces: IngestBufferGroup["pieces"]): IngestBufferGroup => {
  return { reservations: [], ids: [], heartbeats: [], shards, pieces, alone: [], backfill: [] };
};

test("blocks from before a server is added are recorded and later ones wait, whoever asks and however often it begins", async () => {
  await buffer.commit(group(1, [piece(0, 7)]));
  assert.equal(await split.raise(2), 1);
  const [earlier] = await buffer.sealedIds("live", 10);
  assert.deepEqual(await buffer.commit(group(1, [piece(0, 5)])), { kind: "other_shards", shards: 2 });
  const later = await buffer.commit(group(2, [piece(0, 100), piece(1, 100)]));
  assert.ok(later.kind === "committed" && later.sealed.length === 2);
  // A run that was cut off begins once more: what was sealed meanwhile stays held.
  assert.equal(await split.raise(2), 1);
  assert.equal((await buffer.read(earlier!))?.rows, 7);
  for (const { id } of later.sealed) await assert.rejects(buffer.read(id), { name: "BlockHeld" });
  await buffer.forget(earlier!);
  assert.deepEqual([await split.left(), await split.isHeld()], [0, true]);
  await split.release();
  assert.deepEqual([(await buffer.read(later.sealed[1]!.id))?.rows, await split.isHeld()], [100, false]);
  for (const { id } of later.sealed) await buffer.forget(id);
});

test("serve splits for as many servers as Redis says, not for those that its CLICKHOUSE_URL names", async () => {
  const taken: IngestBufferGroup[] = [];
  const commit = openGroupCommit({
    ingestBuffer: {
      commit: async (given) => {
        taken.push(given);
        return buffer.commit(given);
      },
    },
    onSealed: () => undefined,
    onOpen: () => undefined,
    onAccepted: () => undefined,
    maxEvents: 1000,
    shards: 1,
    deduplicateIds: false,
    process: "p",
    now: () => 0,
  });
  await split.note(3);
  await split.note(2);
  const lines = Array.from({ length: 50 }, (_, i) => JSON.stringify({ ts: Date.now(), key_id: `k${i}` })).join("\n");
  const events = acceptEvents(Buffer.from(lines), "ndjson", rules({ span: liveSpan(Date.now(), 90) }));
  if (events.kind === "refused") throw new Error("the events were refused");
  const batch = { source: "a", idempotencyKey: undefined, body: Buffer.from(lines), receivedAt: Date.now(), events };
  assert.equal((await commit.submit(batch)).accepted, 50);
  await commit.settled();
  assert.deepEqual(
    taken.map(({ shards }) => shards),
    [1, 3],
  );
  assert.deepEqual(new Set(taken[1]!.pieces.map(({ shard }) => shard)), new Set([0, 1, 2]));
});

test("a worker that is refused goes no further once somebody else has recorded its block", async () => {
  let reads = 0;
  const tried: string[] = [];
  await recordEvents(
    {
      ingestBuffer: {
        read: async (id) =>
          (reads += 1) === 1 ? { id, rows: 1, since: 0, heartbeats: [], counts: [], pieces: [Buffer.from("x")] } : null,
        forget: async () => assert.fail("it is not this worker's to forget"),
      },
      writerOf: () =>
        ({
          insertBlock: async () => {
            tried.push("insert");
            throw new ClickHouseError({ message: "refused", code: "469", type: "VIOLATED_CONSTRAINT" });
          },
        }) as never,
      pause: async () => undefined,
      onProblem: () => undefined,
      onSalvaged: () => undefined,
      onRecorded: () => assert.fail("it recorded nothing"),
    },
    "b.0",
  );
  assert.deepEqual(tried, ["insert"]);
});

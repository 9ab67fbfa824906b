import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { recordBackfillJob } from "../../jobs/record-backfill.js";
import { recordEventsJob } from "../../jobs/record-events.js";
import type { App } from "../../src/app.js";
import { openLog } from "../../src/log.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { RECORD_QUEUES } from "../../src/pipeline/ingest/record-events.js";
import { recoverBlocks } from "../../src/pipeline/ingest/recover-blocks.js";
import type { Salvaged } from "../../src/pipeline/ingest/salvage-block.js";
import { openQueues, type Queues } from "../../src/queue/open-queues.js";
import { startWorkers, type Workers } from "../../src/queue/start-workers.js";
import { removeStraySchedules, syncSchedules } from "../../src/queue/sync-schedules.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import type { InsertProblem } from "../../src/store/ingest/insert-problem.js";
import { openIngestBuffer, type IngestBuffer } from "../../src/store/ingest/ingest-buffer.js";
import { blockOf } from "../../src/store/ingest/request-block.js";
import { openRequestWriter } from "../../src/store/ingest/request-writer.js";
import { openStore, type Store } from "../../src/store/store.js";
import { openClock } from "../../src/time/clock.js";
import { rules } from "../helpers/ingest-rules.js";
import { newerPiece, olderPiece } from "../helpers/other-versions.js";
import { scratchDatabase, scratchPrefix, testServices, type ScratchDatabase } from "../helpers/services.js";
import { until } from "../helpers/until.js";

// While one version is replaced by the next, blocks and jobs of both are in one Redis.

const NOW = Date.now();
const prefix = scratchPrefix();
const redis = new Redis(testServices().redisUrl, { maxRetriesPerRequest: null });
const workerRedis = redis.duplicate();
const machine = { name: "this machine", read: async () => Date.now() };
const jobs = [recordEventsJob, recordBackfillJob];
const backoff = { firstMs: 1, mostMs: 1 };
const problems: InsertProblem[] = [];
const salvaged: Salvaged[] = [];
let database: ScratchDatabase;
let store: Store;
let queues: Queues;
let ingestBuffer: IngestBuffer;
let workers: Workers;

before(async () => {
  database = await scratchDatabase();
  await migrate(new Secret(database.url));
  store = openStore(new Secret(database.url));
  queues = openQueues(redis, prefix, jobs);
  ingestBuffer = openIngestBuffer(redis, prefix, { maxRows: 100 });
  const context = {
    clock: openClock([machine, machine]),
    log: openLog("silent"),
    recordDeps: {
      ingestBuffer,
      writerOf: (shard: number) => openRequestWriter(store, shard),
      pause: async (_ms: number, signal: AbortSignal | undefined) =>
        pause(50, undefined, signal === undefined ? {} : { signal }),
      onProblem: (problem: InsertProblem) => void problems.push(problem),
      onSalvaged: (_block: string, what: Salvaged) => void salvaged.push(what),
      onRecorded: () => undefined,
    },
  } as unknown as App;
  workers = startWorkers(context, workerRedis, prefix, jobs);
});
after(async () => {
  await workers.close(5000);
  for (const queue of Object.values(RECORD_QUEUES)) await queues.of(queue).obliterate({ force: true });
  await queues.close();
  redis.disconnect();
  workerRedis.disconnect();
  await store.close();
  await database.drop();
});

function events(keyId: string, rows: number): RequestEvent[] {
  return Array.from({ length: rows }, () => {
    const parsed = parseRequestEvent({ ts: NOW, key_id: keyId, source_ip: "203.0.113.9" }, rules());
    assert.ok(parsed.kind === "event");
    return parsed.event;
  });
}

/** Commits a block of its own, hands nothing over, and says its id. */
async function sealed(data: Buffer, rows: number): Promise<string> {
  const done = await ingestBuffer.commit({
    reservations: [],
    ids: [],
    heartbeats: [],
    pieces: [],
    alone: [{ shard: 0, rows, data, rowsBySource: new Map(), counts: [] }],
    backfill: [],
  });
  assert.ok(done.kind === "committed");
  return done.sealed[0]!.id;
}

const sweep = async () =>
  recoverBlocks({
    ingestBuffer,
    withoutJob: async (lane, ids) => queues.withoutJob(RECORD_QUEUES[lane], ids),
    enqueue: async ({ lane, id }) => queues.enqueue(RECORD_QUEUES[lane], id, { block: id }),
    groupMs: 1000,
  });
const ask = async (query: string) => (await store.client.query({ query, format: "JSONEachRow" })).json<{ n: number }>();
const rowsOf = async (keyId: string) =>
  (await ask(`SELECT toUInt32(count()) AS n FROM requests WHERE key_id = '${keyId}'`))[0]?.n;
const untilRecorded = async () =>
  until(
    "every block is recorded",
    async () => {
      await sweep();
      return (await ingestBuffer.depth()).live.blocks === 0;
    },
    20_000,
  );

test("a job that says more than this version knows has its block recorded once", async () => {
  const id = await sealed(blockOf([{ source: "acme", events: events("more", 7) }]).data, 7);
  await queues.enqueue(RECORD_QUEUES.live, id, { block: id, version: 2, priority: { lane: "live" } });
  await untilRecorded();
  assert.equal(await rowsOf("more"), 7);
});

test("a job that names its block otherwise is done without effect, and the block is handed over again under its own name", async () => {
  const id = await sealed(blockOf([{ source: "acme", events: events("otherwise", 5) }]).data, 5);
  for (const [name, data] of Object.entries({ [id]: { blocks: [id] }, older: {} })) {
    await queues.enqueue(RECORD_QUEUES.live, name, data);
  }
  await untilRecorded();
  assert.equal(await rowsOf("otherwise"), 5);
});

test("a block with a column less than this version writes is recorded, with that column's default", async () => {
  await sealed(olderPiece("acme", events("older", 4)), 4);
  // Open blocks take pieces of whichever serve is there.
  const both = [olderPiece("acme", events("older", 2)), blockOf([{ source: "acme", events: events("older", 1) }]).data];
  await sealed(Buffer.concat(both), 3);
  await untilRecorded();
  assert.deepEqual([await rowsOf("older"), problems, salvaged], [7, [], []]);
});

test("a schedule of a newer version that an older one removes at its start is back after the newer one's next look", async () => {
  const daily = { name: "of-the-newer", schedule: "0 0 3 * * *", concurrency: 1, attempts: 1, backoff };
  const newer = openQueues(redis, prefix, [...jobs, daily]);
  await syncSchedules(redis, newer, [daily], Date.now());
  await newer.enqueue(daily.name, "by-hand", {});
  await removeStraySchedules(redis, prefix, jobs);
  assert.deepEqual(await newer.of(daily.name).getJobSchedulers(), []);
  await syncSchedules(redis, newer, [daily], Date.now());
  assert.equal((await newer.of(daily.name).getJobSchedulers()).length, 1);
  // What was added one by one is nobody's to remove.
  assert.deepEqual(
    (await newer.of(daily.name).getWaiting()).map(({ id }) => id),
    ["by-hand"],
  );
  await newer.of(daily.name).obliterate({ force: true });
  await newer.close();
});

test("a block with a column more than this version knows is left whole for the version that wrote it", async () => {
  const data = newerPiece("acme", events("newer", 3));
  const id = await sealed(data, 3);
  await sweep();
  await until("it was tried", () => problems.length > 1, 20_000);
  assert.deepEqual([problems[0]?.verdict, problems[0]?.code, salvaged], ["setup", "117", []]);
  assert.deepEqual((await ingestBuffer.read(id))?.pieces, [data]);
  assert.deepEqual(await ask("SELECT toUInt32(count()) AS n FROM quarantined_events"), [{ n: 0 }]);

  // What came behind it is recorded, and when this version ends, the job stands in the queue for the other.
  await sealed(blockOf([{ source: "acme", events: events("behind", 2) }]).data, 2);
  await sweep();
  await until("what came behind it is recorded", async () => (await rowsOf("behind")) === 2, 20_000);
  await workers.close(5000);
  const left = await queues.of(RECORD_QUEUES.live).getJobs(["waiting", "delayed", "active"]);
  assert.deepEqual(
    left.map((job) => job.data as unknown),
    [{ block: id }],
  );
  assert.equal(await rowsOf("newer"), 0);
});

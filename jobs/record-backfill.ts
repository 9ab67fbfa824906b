import { RECORD_QUEUES, recordEvents, type RecordJob } from "../src/pipeline/ingest/record-events.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Writes one sealed block of old events into ClickHouse, one at a time over all workers: each touches many partitions, and live blocks pass by. */
export const recordBackfillJob = defineJob<App, RecordJob>({
  name: RECORD_QUEUES.backfill,
  concurrency: 1,
  oneAtATime: true,
  perShard: true,
  attempts: 1_000_000,
  backoff: { firstMs: 500, mostMs: 15_000 },
  forgetFailed: true,
  run: (app, { block }, { stopping }) => recordEvents(app.recordDeps, block, stopping),
});

import { RECORD_QUEUES, recordEvents, type RecordJob } from "../src/pipeline/ingest/record-events.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Writes one sealed block of live events into ClickHouse. Tried until ClickHouse takes it: its events were answered 202. */
export const recordEventsJob = defineJob<App, RecordJob>({
  name: RECORD_QUEUES.live,
  concurrency: 2,
  perShard: true,
  attempts: 1_000_000,
  backoff: { firstMs: 500, mostMs: 15_000 },
  forgetFailed: true,
  run: (app, { block }, { stopping }) => recordEvents(app.recordDeps, block, stopping),
});

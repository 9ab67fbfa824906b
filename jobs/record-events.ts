import { RECORD_EVENTS, recordEvents, type RecordBatch } from "../src/pipeline/record-events.js";
import { defineJob } from "../src/queue/define-job.js";

/** Writes one accepted batch into ClickHouse. Tried until ClickHouse takes it: the batch was answered 202. */
export const recordEventsJob = defineJob<RecordBatch>({
  name: RECORD_EVENTS,
  concurrency: 2,
  attempts: 1_000_000,
  backoff: { firstMs: 500, mostMs: 15_000 },
  run: (app, batch) => recordEvents(app.recordStore, batch),
});

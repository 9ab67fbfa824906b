import { recoverBlocks } from "../src/pipeline/ingest/recover-blocks.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Hands over every block that is in the ingest buffer but, after a crash, in no queue. */
export const recoverBlocksJob = defineJob<App>({
  name: "recover-blocks",
  schedule: "*/5 * * * * *",
  concurrency: 1,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app) => recoverBlocks(app.recoverBlocksDeps),
});

import { memoryOfProcess, newMemory, watchCoverage } from "../src/pipeline/watch/watch-coverage.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Watches Plimsoll itself: sources that fell silent, checks that stopped, pages that cannot be sent. `serve` does the same outside BullMQ. */
export const watchCoverageJob = defineJob<App>({
  name: "watch-coverage",
  schedule: "40 * * * * *",
  concurrency: 1,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => watchCoverage(app.watchDeps, memoryOfProcess(now), now),
  byHand: (app, { now }) => watchCoverage(app.watchDeps, newMemory(), now),
});

import { pullReports } from "../src/pipeline/pull/pull-reports.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Reads what providers report of keys: a few minutes after each hour ended, and again after that, since they are late and correct themselves. */
export const pullReportsJob = defineJob<App>({
  name: "pull-reports",
  schedule: "30 6-56/10 * * * *",
  concurrency: 1,
  oneAtATime: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now, stopping }) => pullReports(app.pullDeps, now, stopping),
});

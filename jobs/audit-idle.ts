import { auditIdle } from "../src/pipeline/audit/audit-idle.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Tells of keys that sleep, were never used or woke after a long sleep, once a day before office hours. */
export const auditIdleJob = defineJob<App>({
  name: "audit-idle",
  schedule: "0 30 6 * * *",
  concurrency: 1,
  readsHistory: true,
  attempts: 5,
  backoff: { firstMs: 10_000, mostMs: 600_000 },
  run: (app, _data, { now }) => auditIdle(app.checkDeps, now),
});

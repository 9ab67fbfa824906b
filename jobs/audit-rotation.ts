import { auditRotation } from "../src/pipeline/audit/audit-rotation.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Tells of keys that are due or overdue for rotation, once a day before office hours. */
export const auditRotationJob = defineJob<App>({
  name: "audit-rotation",
  schedule: "0 10 6 * * *",
  concurrency: 1,
  attempts: 5,
  backoff: { firstMs: 10_000, mostMs: 600_000 },
  run: (app, _data, { now }) => auditRotation(app.checkDeps, now),
});

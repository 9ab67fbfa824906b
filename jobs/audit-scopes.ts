import { auditScopes } from "../src/pipeline/audit/audit-scopes.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Compares what keys may do with what they do, once a day before office hours. */
export const auditScopesJob = defineJob<App>({
  name: "audit-scopes",
  schedule: "0 20 6 * * *",
  concurrency: 1,
  readsHistory: true,
  attempts: 5,
  backoff: { firstMs: 10_000, mostMs: 600_000 },
  run: (app, _data, { now }) => auditScopes(app.checkDeps, now),
});

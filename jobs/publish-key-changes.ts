import { publishKeyChanges } from "../src/pipeline/page/publish-key-changes.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Tells PagerDuty what people changed in the registry, as change events beside its incidents. */
export const publishKeyChangesJob = defineJob<App>({
  name: "publish-key-changes",
  schedule: "20 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  forgetFailed: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => publishKeyChanges(app.deliverDeps, now),
});

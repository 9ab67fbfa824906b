import { tellKeyChanges } from "../src/pipeline/page/publish-key-changes.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Tells PagerDuty what people changed in the registry, as change events beside its incidents. */
export const tellChangesJob = defineJob<App>({
  name: "tell-changes",
  schedule: "20 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  forgetFailed: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => tellKeyChanges(app.deliverDeps, now),
});

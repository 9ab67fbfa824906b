import { learnBaselines } from "../src/pipeline/learn-baselines.js";
import { defineJob } from "../src/queue/define-job.js";

/** Learns closed days. Asked often, since a check waits for the day before it; nothing to learn costs one small query. */
export const learnBaselinesJob = defineJob({
  name: "learn-baselines",
  schedule: "*/15 * * * * *",
  concurrency: 1,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => learnBaselines(app.checkDeps, now, now - app.config.PLIMSOLL_SETTLE_SECONDS * 1000),
});

import { containAutomatically } from "../src/pipeline/contain/contain-automatically.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Asks for the containments that a budget of false ones allows without a person, or records them. Beside contain-keys, so that its failure keeps no undo from being sent. */
export const containAutomaticallyJob = defineJob<App>({
  name: "contain-automatically",
  schedule: "*/5 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  forgetFailed: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => containAutomatically(app.containDeps, now),
});

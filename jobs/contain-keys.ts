import { advanceContainments } from "../src/pipeline/contain/advance-containments.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Sends what guards are asked, follows what it came to, and undoes what has expired. Asked often, for what is new, to be tried again, and after crashes. */
export const containKeysJob = defineJob<App>({
  name: "contain-keys",
  schedule: "2-57/5 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  forgetFailed: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now, signal }) => advanceContainments(app.containDeps, now, { signal }),
});

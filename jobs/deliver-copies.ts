import { deliverCopies } from "../src/pipeline/page/deliver-copies.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Sends copies of pages to the destinations beside PagerDuty. Woken by every new copy; asked often besides, for what is to be tried again and after crashes. */
export const deliverCopiesJob = defineJob<App>({
  name: "deliver-copies",
  schedule: "1-56/5 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  forgetFailed: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now, signal }) => deliverCopies(app.deliverDeps, now, { signal }),
});

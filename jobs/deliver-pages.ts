import { deliverPages } from "../src/pipeline/page/deliver-pages.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Sends what waits in the outbox. Woken by every new page; asked often besides, for what is to be tried again and after crashes. */
export const deliverPagesJob = defineJob<App>({
  name: "deliver-pages",
  schedule: "*/5 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  forgetFailed: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now, signal }) => deliverPages(app.deliverDeps, now, { signal }),
});

import { deliverPage } from "../src/pipeline/deliver-page.js";
import { defineJob } from "../src/queue/define-job.js";

/** Sends one page. PagerDuty takes about 120 events a minute and integration key; this stays below. */
export const deliverPageJob = defineJob<{ pageId: string }>({
  name: "deliver-page",
  concurrency: 1,
  attempts: 400,
  backoff: { firstMs: 2000, mostMs: 300_000 },
  forgetFailed: true,
  limiter: { max: 100, duration: 60_000 },
  run: (app, { pageId }, { now, signal }) => deliverPage(app.deliverDeps, pageId, now, signal),
});

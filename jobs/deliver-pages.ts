import { deliverPages } from "../src/pipeline/deliver-page.js";
import { sweepOutbox } from "../src/pipeline/sweep-outbox.js";
import { defineJob } from "../src/queue/define-job.js";

/** Hands over every page that is in the outbox but, after a crash, in no queue. By hand: delivers them at once. */
export const deliverPagesJob = defineJob({
  name: "deliver-pages",
  schedule: "20 * * * * *",
  concurrency: 1,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app) => sweepOutbox(app.store, app.enqueuePage),
  byHand: (app, { now }) => deliverPages(app.deliverDeps, now),
});

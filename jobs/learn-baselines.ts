import { learnBaselines } from "../src/pipeline/learn/learn-baselines.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** A run that takes longer goes on in the next one: a day that has ended meanwhile comes first there. */
const BUDGET_MS = 5 * 60_000;

/** Learns closed days. Asked often, since checks go by what is learned; nothing to learn costs one small query. */
export const learnBaselinesJob = defineJob<App>({
  name: "learn-baselines",
  schedule: "*/15 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  readsHistory: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => learnBaselines(app.checkDeps, now, settledUntil(app.config, now), BUDGET_MS),
  byHand: (app, { now }) => learnBaselines(app.checkDeps, now, settledUntil(app.config, now), Infinity, true),
});

function settledUntil(
  { PLIMSOLL_SETTLE_SECONDS: seconds }: { readonly PLIMSOLL_SETTLE_SECONDS: number },
  now: number,
): number {
  return now - seconds * 1000;
}

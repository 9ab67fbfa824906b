import { archiveIncidentEvents } from "../src/pipeline/incident/archive-incident-events.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Copies what incidents need before raw events expire, once a day. */
export const archiveIncidentEventsJob = defineJob<App>({
  name: "archive-incident-events",
  schedule: "0 40 4 * * *",
  concurrency: 1,
  oneAtATime: true,
  attempts: 5,
  backoff: { firstMs: 10_000, mostMs: 600_000 },
  run: (app, _data, { now }) => archiveIncidentEvents(app.store, { now, rawDays: app.config.PLIMSOLL_RAW_DAYS }),
});

import { checkKeys } from "../src/pipeline/check/check-keys.js";
import { withHeartbeat } from "../src/pipeline/check/with-heartbeat.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Judges every settled minute that was not judged yet. Asked every ten seconds, so that a minute waits little beyond settling. */
export const checkKeysJob = defineJob<App>({
  name: "check-keys",
  schedule: "*/10 * * * * *",
  concurrency: 1,
  oneAtATime: true,
  readsHistory: true,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) =>
    withHeartbeat(app.heartbeatUrl, () => checkKeys(app.checkDeps, now), app.onHeartbeatLost),
});

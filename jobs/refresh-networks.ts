import { refreshNetworks } from "../src/pipeline/networks/refresh-networks.js";
import { defineJob } from "../src/queue/define-job.js";
import type { App } from "../src/app.js";

/** Brings the table of networks that analysts see up to date. Asked often, since a new database has none; no change costs one small query. */
export const refreshNetworksJob = defineJob<App>({
  name: "refresh-networks",
  schedule: "20 * * * * *",
  concurrency: 1,
  attempts: 1,
  backoff: { firstMs: 1000, mostMs: 1000 },
  run: (app, _data, { now }) => refreshNetworks(app.store, app.config.PLIMSOLL_NETWORKS_FILE ?? null, now),
  byHand: (app, { now }) => refreshNetworks(app.store, app.config.PLIMSOLL_NETWORKS_FILE ?? null, now, true),
});

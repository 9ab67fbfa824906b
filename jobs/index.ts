import { checkKeysJob } from "./check-keys.js";
import { deliverPageJob } from "./deliver-page.js";
import { deliverPagesJob } from "./deliver-pages.js";
import { learnBaselinesJob } from "./learn-baselines.js";
import { queueBlocksJob } from "./queue-blocks.js";
import { recordEventsJob } from "./record-events.js";
import { refreshNetworksJob } from "./refresh-networks.js";

/** Every job there is: one that is not listed does not exist. */
export const jobs = [
  recordEventsJob,
  queueBlocksJob,
  learnBaselinesJob,
  checkKeysJob,
  deliverPageJob,
  deliverPagesJob,
  refreshNetworksJob,
] as const;

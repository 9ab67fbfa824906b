import { auditIdleJob } from "./audit-idle.js";
import { auditRotationJob } from "./audit-rotation.js";
import { auditScopesJob } from "./audit-scopes.js";
import { checkKeysJob } from "./check-keys.js";
import { deliverPagesJob } from "./deliver-pages.js";
import { keepIncidentEventsJob } from "./keep-incident-events.js";
import { learnBaselinesJob } from "./learn-baselines.js";
import { queueBlocksJob } from "./queue-blocks.js";
import { recordBackfillJob } from "./record-backfill.js";
import { recordEventsJob } from "./record-events.js";
import { refreshNetworksJob } from "./refresh-networks.js";
import { tellChangesJob } from "./tell-changes.js";
import { watchCoverageJob } from "./watch-coverage.js";

/** Every job there is: one that is not listed does not exist. */
export const jobs = [
  recordEventsJob,
  recordBackfillJob,
  queueBlocksJob,
  learnBaselinesJob,
  checkKeysJob,
  deliverPagesJob,
  refreshNetworksJob,
  watchCoverageJob,
  auditRotationJob,
  auditScopesJob,
  auditIdleJob,
  tellChangesJob,
  keepIncidentEventsJob,
] as const;

import { auditIdleJob } from "./audit-idle.js";
import { auditRotationJob } from "./audit-rotation.js";
import { auditScopesJob } from "./audit-scopes.js";
import { checkKeysJob } from "./check-keys.js";
import { containAutomaticallyJob } from "./contain-automatically.js";
import { containKeysJob } from "./contain-keys.js";
import { deliverCopiesJob } from "./deliver-copies.js";
import { deliverPagesJob } from "./deliver-pages.js";
import { archiveIncidentEventsJob } from "./archive-incident-events.js";
import { learnBaselinesJob } from "./learn-baselines.js";
import { pullReportsJob } from "./pull-reports.js";
import { recoverBlocksJob } from "./recover-blocks.js";
import { recordBackfillJob } from "./record-backfill.js";
import { recordEventsJob } from "./record-events.js";
import { refreshNetworksJob } from "./refresh-networks.js";
import { publishKeyChangesJob } from "./publish-key-changes.js";
import { watchCoverageJob } from "./watch-coverage.js";

/** Every job there is: one that is not listed does not exist. */
export const jobs = [
  recordEventsJob,
  recordBackfillJob,
  recoverBlocksJob,
  learnBaselinesJob,
  checkKeysJob,
  deliverPagesJob,
  deliverCopiesJob,
  containAutomaticallyJob,
  containKeysJob,
  refreshNetworksJob,
  watchCoverageJob,
  pullReportsJob,
  auditRotationJob,
  auditScopesJob,
  auditIdleJob,
  publishKeyChangesJob,
  archiveIncidentEventsJob,
] as const;

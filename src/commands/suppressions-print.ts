import { countedText } from "../text/amounts.js";
import { subjectOf } from "../model/finding/finding-subject.js";
import { summaryText } from "../model/finding/headline.js";
import type { SuppressionRevision } from "../model/incident/suppression.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import { minuteText } from "./incidents-list.js";

/** A suppression as JSON: what `--json` gives. */
export function suppressionToJson({ id, now, state, revisions, hidden, newest }: Suppression) {
  return {
    suppression_id: id,
    incident_id: now.incidentId,
    key_id: now.keyId ?? "",
    cause: now.cause,
    subject: subjectOf(now),
    state,
    networks: now.networks,
    until: new Date(now.statedUntil).toISOString(),
    by: now.actor,
    note: now.note,
    hidden,
    newest_hidden: newest === null ? null : { finding_id: newest.findingId, summary: summaryText(newest) },
    revisions: revisions.map((one) => ({
      revision: one.revision,
      action: one.action,
      at: new Date(one.recordedAt).toISOString(),
      networks: one.networks,
      until: new Date(one.statedUntil).toISOString(),
      by: one.actor,
      note: one.note,
    })),
  };
}

/** A suppression in a line. */
export function suppressionLine(of: Suppression): string {
  const { now, state, hidden } = of;
  return `suppressed until ${minuteText(now.statedUntil)} UTC (${state}) by ${now.actor}: ${networksText(now)}; ${countedText(hidden, "finding")} hidden. ${now.note}`;
}

/** From where what is suppressed may come. */
export function networksText({ networks }: Pick<SuppressionRevision, "networks">): string {
  return networks.length === 0 ? "(not about networks)" : networks.join(", ");
}

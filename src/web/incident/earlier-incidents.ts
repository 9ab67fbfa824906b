import type { IncidentListRow } from "../../pipeline/view/incident-list.js";
import { dollarsOf, tableOf, timeOf } from "../layout.js";
import { html, type Markup } from "../markup.js";

/** Incidents of the same key before and beside this one, with what people judged them to be. */
export function earlierIncidents(
  { rows, isCut }: { readonly rows: readonly IncidentListRow[]; readonly isCut: boolean },
  keyId: string,
): Markup {
  const more = !isCut
    ? null
    : html`<p><a href="../incidents?key=${encodeURIComponent(keyId)}">All incidents of this key</a></p>`;
  return html`${tableOf(
    "Other incidents of this key, the newest first",
    ["Opened", "What was found", "State", "Judged", "Cost"],
    rows.map(({ incident, state, summary }) => [
      timeOf(incident.openedAt),
      html`<div class="sentence">
        <a href="${encodeURIComponent(incident.incidentId)}">${summary || incident.incidentId}</a>
      </div>`,
      state,
      incident.verdict ?? "not judged",
      incident.loss.micros > 0 ? dollarsOf(incident.loss.micros) : "–",
    ]),
  )}
  ${more}`;
}

import { countedText } from "../text/amounts.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import { eachCopy } from "../pipeline/page/each-copy.js";
import type { CopyFate } from "../model/incident/page-copy.js";
import type { PageFate } from "../store/page/pages.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import type { Incident, IncidentTransition } from "../model/incident/incident.js";
import { chartHead } from "./chart-assets.js";
import { decisionFigures, type DecisionView } from "./incident/decision.js";
import { evidenceSections, type EvidenceExtras } from "./incident/evidence-sections.js";
import { ageText, lengthText } from "./age-text.js";
import { copyable } from "./copyable.js";
import { factsOf, pageOf, tableOf, timeOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { suppressionsTable } from "./suppressions-table.js";

export interface IncidentView extends DecisionView {
  readonly known: KnownIncident;
  readonly summary: string;
  /** The query behind it as an analyst runs it; null where there is no finding about a key. */
  readonly query: string | null;
  readonly pages: readonly PageFate[];
  /** Copies of them for destinations beside PagerDuty. */
  readonly copies: readonly CopyFate[];
  /** Charts and tables beside what pages say. */
  readonly extras: EvidenceExtras;
  readonly hasCharts: boolean;
  readonly suppressions: readonly Suppression[];
  /** Other open incidents of its keys. */
  readonly beside: readonly Incident[];
  /** What became of the act before, or null. */
  readonly said: string | null;
  /** Forms to act with, or why there are none. */
  readonly acts: Markup;
}

/** The page `/incidents/{id}`: what to decide by and with, the evidence in the order of the questions, and the query to run again. */
export function incidentPage(view: IncidentView): string {
  const { known, summary, details, query, pages, copies, suppressions, beside, said, acts, registry, now } = view;
  const { incident, transitions } = known;
  const named = incident.keys.length > 0 ? incident.keys : [incident.keyId].filter((keyId) => keyId !== null);
  const keys = { has: (keyId: string) => registry.has(keyId) || named.includes(keyId) };
  const body = html` ${said === null ? null : html`<p class="said" role="status">${said}</p>`}
    <section class="decide" aria-label="What to decide">${decisionFigures(view)}</section>
    ${acts}
    <h2>Evidence</h2>
    ${evidenceSections(details, extrasOf(view, named), keys)}
    ${
      query === null
        ? null
        : html`<h3>Query</h3>
            <details class="query">
              <summary>The SQL behind it</summary>
              <p><button type="button" data-copies="query">Copy</button> Runs under the account analyst.</p>
              <pre id="query">${query}</pre>
            </details>`
    }
    <h2>Record</h2>
    ${factsOf([
      ["Incident", copyable("incident-id", incident.incidentId, "id")],
      ["Opened", html`${timeOf(incident.openedAt)}, ${ageText(now - incident.openedAt)}`],
      ["Last found", html`${timeOf(incident.lastFindingAt)}, ${ageText(now - incident.lastFindingAt)}`],
      ["Notifications", notificationsText(incident.episode, eachCopy(pages, copies))],
      ...(incident.containment === "" ? [] : [["Containment", incident.containment] as const]),
      ...(beside.length === 0 ? [] : [["Also open for its keys", beside.map(toIncident)] as const]),
    ])}
    ${tableOf(
      "Timeline",
      ["At", "Step", "Reason", "Severity", "By", "Verdict", "Note"],
      transitions.map((step) => [
        html`${timeOf(step.at)}
          <div class="aside">${afterText(step.at - (view.finding?.onset ?? incident.onsetAt))}</div>`,
        step.kind,
        step.reason.replaceAll("_", " "),
        step.severity,
        step.person?.actor ?? "",
        step.person?.verdict ?? "",
        timelineNote(step),
      ]),
    )}
    ${suppressions.length === 0 ? null : suppressionsTable("Suppressions", suppressions, "../")}
    ${tableOf(
      "Notifications",
      ["Event", "To", "State", "Answer", "Problem"],
      eachCopy(pages, copies).map(({ pageId, destination, state, status, problem }) => [
        pageId,
        destination,
        state,
        status === 0 ? "none yet" : String(status),
        problem,
      ]),
    )}`;
  return pageOf(summary, "../", body, view.hasCharts ? chartHead("../") : null);
}

/** Where the key's raw requests are looked into, after what it was used for. */
function extrasOf({ extras, details }: IncidentView, named: readonly string[]): EvidenceExtras {
  const [keyId] = named;
  if (keyId === undefined || named.length > 1) return extras;
  const none = html`<p>Nothing was changed of it in the week before the onset, or since.</p>`;
  return {
    ...extras,
    "what for": html`${extras["what for"]}
      <p>${toInvestigation(keyId)}: addresses, routes and scopes since the onset, from raw events.</p>`,
    changes: details["recent_key_changes"] === undefined && Object.keys(details).length > 0 ? none : extras.changes,
  };
}

/** When in the life of an incident a step was. */
const afterText = (ms: number): string => (ms < 60_000 ? "at the onset" : `${lengthText(ms)} after the onset`);
/** What a step says: a containment's own sentence, and the word of who did it. */
const timelineNote = ({ containment, person }: IncidentTransition): string =>
  [containment?.text, person?.note].filter((text) => text !== undefined && text !== "").join(": ");
const toIncident = ({ incidentId, severity }: Incident): Markup =>
  html`<div><a href="${encodeURIComponent(incidentId)}">${incidentId}</a> (${severity})</div>`;
const toInvestigation = (keyId: string): Markup =>
  html`<a href="../keys/${encodeURIComponent(keyId)}/dossier">Investigate what was done with this key</a>`;

/** How often on-call was to be notified, and what of it did not reach PagerDuty or a destination. */
function notificationsText(count: number, pages: readonly CopyFate[]): string {
  const waiting = pages.filter(({ state }) => state === "pending" || state === "retrying").length;
  const refused = pages.filter(({ state }) => state === "failed").length;
  return [
    String(count),
    ...(waiting === 0 ? [] : [`${countedText(waiting, "event")} not sent yet`]),
    ...(refused === 0 ? [] : [`${countedText(refused, "event")} refused`]),
  ].join(", ");
}

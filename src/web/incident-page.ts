import { countedText } from "../text/amounts.js";
import { stateOf, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import { eachCopy } from "../pipeline/page/each-copy.js";
import type { CopyFate } from "../model/incident/page-copy.js";
import type { PageFate } from "../store/page/pages.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import type { Incident, IncidentTransition } from "../model/incident/incident.js";
import { chartHead } from "./chart-assets.js";
import { withNetworkLinks } from "./find/network-links.js";
import { factsOf, minuteOf, pageOf, tableOf } from "./layout.js";
import { html, type Markup, type Piece } from "./markup.js";
import { suppressionsTable } from "./suppressions-table.js";

export interface IncidentView {
  readonly known: KnownIncident;
  readonly summary: string;
  /** What the page to on-call says, name by name. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The query behind it as an analyst runs it; null where there is no finding about a key. */
  readonly query: string | null;
  readonly pages: readonly PageFate[];
  /** Copies of them for destinations beside PagerDuty. */
  readonly copies: readonly CopyFate[];
  /** The chart of the key around the onset; null where there is none. */
  readonly chart: Markup | null;
  readonly suppressions: readonly Suppression[];
  /** Other open incidents of its keys. */
  readonly beside: readonly Incident[];
  /** What became of the act before, or null. */
  readonly said: string | null;
  /** Forms to act with, or why there are none. */
  readonly acts: Markup;
}

/** The page `/incidents/{id}`: what on-call was told, how it went on, and the query to run again. */
export function incidentPage(view: IncidentView): string {
  const { known, summary, details, query, pages, copies, chart, suppressions, beside, said, acts } = view;
  const { incident, transitions } = known;
  const toKey = (keyId: string): Markup => html`<a href="../keys/${encodeURIComponent(keyId)}">${keyId}</a> `;
  const named = incident.keys.length > 0 ? incident.keys : [incident.keyId].filter((keyId) => keyId !== null);
  const body = html` ${said === null ? null : html`<p class="said" role="status">${said}</p>`}
    ${factsOf([
      ["Severity", html`<span class="${incident.severity}">${incident.severity}</span>`],
      ["State", `${stateOf(incident)}${incident.verdict === null ? "" : `, judged: ${incident.verdict}`}`],
      ["Cause", incident.cause.replaceAll("_", " ")],
      ["Keys", named.map(toKey)],
      ...(beside.length === 0 ? [] : [["Also open for its keys", beside.map(toIncident)] as const]),
      ...(named.length === 1 ? [["Investigation", toInvestigation(named[0]!)] as const] : []),
      ["Opened", minuteOf(incident.openedAt)],
      ["Last found", minuteOf(incident.lastFindingAt)],
      ["Notifications", notificationsText(incident.episode, eachCopy(pages, copies))],
      ...(incident.containment === "" ? [] : [["Containment", incident.containment] as const]),
    ])}
    <h2>Act</h2>
    ${acts}
    ${
      incident.open && named.length === 1
        ? html`<p>
            <a href="${encodeURIComponent(incident.incidentId)}/contain"
              >Contain the key: throttle it, deny its unknown sources, or freeze it</a
            >
          </p>`
        : null
    }
    <h2>Evidence</h2>
    ${chart}
    ${factsOf(Object.entries(details).map(([name, value]) => [name.replaceAll("_", " "), valueOf(value)] as const))}
    ${
      query === null
        ? null
        : html`<h2>Query</h2>
            <p><button type="button" data-copies="query">Copy</button> Runs under the account analyst.</p>
            <pre id="query">${query}</pre>`
    }
    ${tableOf(
      "Timeline",
      ["At", "Step", "Reason", "Severity", "By", "Verdict", "Note"],
      transitions.map((step) => [
        minuteOf(step.at),
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
  return pageOf(summary, "../", body, chart === null ? null : chartHead("../"));
}

/** What a step says: a containment's own sentence, and the word of who did it. */
const timelineNote = ({ containment, person }: IncidentTransition): string =>
  [containment?.text, person?.note].filter((text) => text !== undefined && text !== "").join(": ");
const toIncident = ({ incidentId, severity }: Incident): Markup =>
  html`<div><a href="${encodeURIComponent(incidentId)}">${incidentId}</a> (${severity})</div>`;
const toInvestigation = (keyId: string): Markup =>
  html`<a href="../keys/${encodeURIComponent(keyId)}/dossier">what was done with ${keyId}</a>`;

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

function valueOf(value: unknown): Piece {
  if (typeof value === "string") return withNetworkLinks(value, "../");
  if (typeof value === "number") return value;
  return Array.isArray(value) ? value.map((item) => html`<div>${valueOf(item)}</div>`) : JSON.stringify(value);
}

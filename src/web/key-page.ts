import { keyName } from "../model/key/key.js";
import { HOUR_MS } from "../time/day.js";
import { suggestCommand } from "../text/shell-quote.js";
import type { KeyCard } from "../pipeline/view/key-card.js";
import type { KeyHistory } from "../pipeline/view/key-history.js";
import { stateOf, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import { chartHead } from "./chart-assets.js";
import { marksList, marksOf } from "./chart-marks.js";
import { detectability } from "./detectability.js";
import { timeWithAge } from "./age-text.js";
import { keyFacts, type KeyFactsView } from "./key-facts.js";
import { countOf, dollarsOf, timeOf, pageOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { networkLanes } from "./network-lanes.js";
import { incidentLink } from "./open-incidents.js";
import { severityBadge } from "./severity-badge.js";
import { suppressionsTable } from "./suppressions-table.js";
import { rangePicker, type TimeRange } from "./time-range.js";
import { requestsChart, spendChart } from "./usage-chart.js";

/** `checkedUntil` is as in readLateChecks, `history` null when it was not used in the days that are shown. */
export interface KeyView extends KeyFactsView {
  /** What people said is legitimate of it, in the last 30 days or still. */
  readonly suppressions: readonly Suppression[];
  readonly card: KeyCard;
  /** What its charts show. */
  readonly range: TimeRange;
}

/** The page `/keys/{key_id}`: four weeks of a key from roll-ups, its incidents and changes beside them, and what could not be seen. */
export function keyPage(view: KeyView): string {
  const { keyId, key, standing, history, incidents, suppressions, card, now } = view;
  const body = html`${keyFacts(view)}
    <p>
      <a href="${encodeURIComponent(keyId)}/dossier">Investigate: what was done with this key</a>: addresses, routes and
      scopes since the onset, from raw events.
    </p>
    ${history === null ? html`<p>No requests in the last 28 days.</p>` : historyOf(history, incidents, view.range)}
    ${tableOf(
      "Incidents",
      ["Incident", "Severity", "State", "Judged", "Opened"],
      incidents.map(({ incident }) => [
        incidentLink(incident, new Map(key === null ? [] : [[keyId, key]]), "../"),
        severityBadge(incident.severity),
        stateOf(incident),
        incident.verdict ?? "",
        timeWithAge(incident.openedAt, now),
      ]),
    )}
    ${suppressionsTable(`Suppressions${hiddenText(suppressions)}`, suppressions, "../")}
    ${detectability(card, standing)}
    <p>The same on the command line: <code>${suggestCommand("keys show", keyId)}</code>.</p>`;
  return pageOf(keyName(key, keyId), "../", body, chartHead("../"));
}

/** What they hid of the key in all. */
function hiddenText(suppressions: readonly Suppression[]): string {
  const hidden = suppressions.reduce((sum, one) => sum + one.hidden, 0);
  return suppressions.length === 0 ? "" : `: ${countOf(hidden)} finding${hidden === 1 ? "" : "s"} hidden`;
}

function historyOf(history: KeyHistory, incidents: readonly KnownIncident[], range: TimeRange): Markup {
  const { span, curve, networks, networkStepMs, routes, changes } = history;
  const marks = marksOf(incidents, changes, curve.from, "../");
  const steps = curve.stepMs === HOUR_MS ? "hour" : "minute";
  return html`<h2>Usage</h2>
    ${rangePicker(range, { name: "24 hours", is: "24h" })}
    ${requestsChart({ caption: `Requests/min, by ${steps}`, curve, marks })} ${marksList(marks)}
    ${spendChart({ caption: `Spend, by ${steps}`, curve, marks })}
    <h2>Networks</h2>
    ${networkLanes(networks, span, networkStepMs, marks)}
    <h2>Routes</h2>
    ${tableOf(
      "Routes in that time, the busiest first",
      ["Method", "Route", "First seen", "Requests", "Errors", "Spend"],
      routes.map((one) => [
        one.method,
        one.route === "" ? "(no route)" : one.route,
        one.firstSeenAt === null ? "never served" : timeOf(one.firstSeenAt),
        countOf(one.requests),
        countOf(one.errors),
        dollarsOf(one.spendMicros),
      ]),
    )}`;
}

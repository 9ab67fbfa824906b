import { requestsText } from "../text/amounts.js";
import type { KeyStanding } from "../model/key/key-state.js";
import { keyName, namedWithId, type KeyVersion } from "../model/key/key.js";
import { HOUR_MS } from "../time/day.js";
import { suggestCommand } from "../text/shell-quote.js";
import type { KeyCard } from "../pipeline/view/key-card.js";
import type { KeyHistory } from "../pipeline/view/key-history.js";
import { stateOf, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import { chartHead } from "./chart-assets.js";
import { marksList, marksOf } from "./chart-marks.js";
import { detectability } from "./detectability.js";
import { keyStateSentence } from "../pipeline/view/key-state-text.js";
import { countOf, dollarsOf, factsOf, timeOf, pageOf, tableOf } from "./layout.js";
import { ownerWay } from "./find/ways.js";
import { html, type Markup, type Piece } from "./markup.js";
import { networkLanes } from "./network-lanes.js";
import { suppressionsTable } from "./suppressions-table.js";
import { rangePicker, type TimeRange } from "./time-range.js";
import { requestsChart, spendChart } from "./usage-chart.js";

export interface KeyView {
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly standing: KeyStanding;
  /** As in readLateChecks. */
  readonly checkedUntil: number | null | undefined;
  /** Null when it was not used in the days that are shown. */
  readonly history: KeyHistory | null;
  readonly incidents: readonly KnownIncident[];
  /** What people said is legitimate of it, in the last 30 days or still. */
  readonly suppressions: readonly Suppression[];
  readonly card: KeyCard;
  /** What its charts show. */
  readonly range: TimeRange;
}

/** The page `/keys/{key_id}`: four weeks of a key from roll-ups, its incidents and changes beside them, and what could not be seen. */
export function keyPage(view: KeyView): string {
  const { keyId, key, standing, history, incidents, suppressions, card } = view;
  const facts: (readonly [string, Piece])[] = [
    ["Key", namedWithId(key?.display, keyId)],
    ...(history === null || history.formerIds.length === 0
      ? []
      : [["Former id", `${history.formerIds.join(", ")}, before it was registered; its history is included`] as const]),
    ["State", keyStateSentence(standing.state, view.checkedUntil)],
    ["Owner", key?.owner ? html`<a href="../${ownerWay(key.owner)}">${key.owner}</a>` : "no owner on record"],
    ["Service", [key?.service, key?.environment].filter(Boolean).join(", ") || "not known"],
    ["Limit", key === null || key.limitPerMinute === null ? "not known" : `${countOf(key.limitPerMinute)}/min`],
    ["Reported public", publicOf(incidents)],
    ["Revoked", key === null || key.revokedAt === null ? "no" : timeOf(key.revokedAt)],
    ...(history === null || history.others.length === 0
      ? []
      : [
          [
            "Seen by",
            `${history.observedBy}, which is shown; ${history.others.map((other) => `${other.observedBy} saw ${requestsText(other.requests)}`).join(", ")}`,
          ] as const,
        ]),
  ];
  const body = html` ${factsOf(facts)}
    <p>
      <a href="${encodeURIComponent(keyId)}/dossier">Investigate: what was done with this key</a>: addresses, routes and
      scopes since the onset, from raw events.
    </p>
    ${history === null ? html`<p>No requests in the last 28 days.</p>` : historyOf(history, incidents, view.range)}
    ${tableOf(
      "Incidents",
      ["State", "Cause", "Severity", "Opened", "Incident"],
      incidents.map(({ incident }) => [
        stateOf(incident),
        incident.cause.replaceAll("_", " "),
        html`<span class="${incident.severity}">${incident.severity}</span>`,
        timeOf(incident.openedAt),
        html`<a href="../incidents/${encodeURIComponent(incident.incidentId)}">evidence</a>`,
      ]),
    )}
    ${suppressionsTable(`Suppressions${hiddenText(suppressions)}`, suppressions, "../")}
    ${detectability(card, standing)}
    <p>The same on the command line: <code>${suggestCommand("keys show", keyId)}</code>.</p>`;
  return pageOf(keyName(key, keyId), "../", body, chartHead("../"));
}

/** The newest incident that a report of the key in public opened. */
function publicOf(incidents: readonly KnownIncident[]): Piece {
  const found = incidents
    .filter(({ incident }) => incident.cause === "public_key")
    .toSorted((a, b) => b.incident.openedAt - a.incident.openedAt)[0];
  if (found === undefined) return "no report in 30 days";
  const { incidentId, openedAt } = found.incident;
  return html`<span class="error">yes</span>,
    <a href="../incidents/${encodeURIComponent(incidentId)}">since ${timeOf(openedAt)}</a>`;
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

import { CAUSES } from "../../model/finding/finding.js";
import { INCIDENT_VERDICTS, type Incident } from "../../model/incident/incident.js";
import { SEVERITIES } from "../../model/incident/page.js";
import { keyName, type KeyVersion } from "../../model/key/key.js";
import type { IncidentListRow } from "../../pipeline/view/incident-list.js";
import { INCIDENT_STATES } from "../../store/view/listings.js";
import { csvText } from "../../text/csv-text.js";
import { countOf, dollarsOf, timeOf, pageOf, tableOf } from "../layout.js";
import { aboutSeveral, onlyKey } from "../open-incidents.js";
import { html, type Markup, type Piece } from "../markup.js";
import { queryOf } from "./asked.js";
import { sharedTraits } from "./shared-traits.js";
import { filterChips, filterForm, problemsOf, type FilterField } from "./filter-form.js";
import { takeAway } from "./take-away.js";
import { ownerWay } from "./ways.js";
import { severityBadge } from "../severity-badge.js";

/** What the list is asked for, as it stands in its address; empty asks for any. */
export type IncidentFields = Readonly<
  Record<"state" | "severity" | "cause" | "verdict" | "owner" | "key" | "from" | "to", string>
>;

export interface IncidentsView {
  readonly fields: IncidentFields;
  readonly problems: readonly string[];
  readonly rows: readonly IncidentListRow[];
  readonly registry: ReadonlyMap<string, KeyVersion>;
  /** The cursor of this page and of the next one; empty where this is the first, or the last. */
  readonly after: string;
  readonly next: string;
  /** So many rows the CSV holds at most. */
  readonly mostCsv: number;
  /** The same as SQL for analysts. */
  readonly sql: string;
}

/** The page `/incidents`: open and past incidents, the newest first. */
export function incidentsPage({ fields, problems, rows, registry, after, next, mostCsv, sql }: IncidentsView): string {
  const caption = after === "" ? "Incidents, the newest first" : "Incidents, the newest first, continued";
  const filters: readonly FilterField[] = [
    { name: "state", label: "State", value: fields.state, options: INCIDENT_STATES },
    { name: "severity", label: "Severity", value: fields.severity, options: SEVERITIES },
    { name: "cause", label: "Cause", value: fields.cause, options: CAUSES },
    { name: "verdict", label: "Judged", value: fields.verdict, options: INCIDENT_VERDICTS },
    { name: "owner", label: "Owner", value: fields.owner },
    { name: "key", label: "Key id", value: fields.key },
    { name: "from", label: "Opened from", value: fields.from, type: "date" },
    { name: "to", label: "Opened through", value: fields.to, type: "date" },
  ];
  const body = html`${filterForm("incidents", filters)} ${filterChips("incidents", filters)}
  ${
    problems.length > 0
      ? problemsOf(problems)
      : html`${tableOf(
            caption,
            ["Opened", "Severity", "State", "What was found", "Key and owner", "Cause", "Cost so far", "Who"],
            rows.map((row) => cellsOf(row, registry)),
          )}
          ${sharedTraits(rows, registry)}
          <p>
            ${next === "" ? null : html`<a rel="next" href="incidents${queryOf({ ...fields, after: next })}">Older incidents</a> `}
            ${after === "" ? null : html`<a href="incidents${queryOf(fields)}">Newest incidents</a> `}
          </p>
          ${takeAway({
            id: "sql-incidents",
            csv: `incidents${queryOf({ ...fields, after, format: "csv" })}`,
            csvText: `CSV from here on, at most ${countOf(mostCsv)} rows`,
            sql,
          })}`
  }`;
  return pageOf("Incidents", "./", body);
}

function cellsOf(
  { incident, state, summary, acknowledgedBy, resolvedBy }: IncidentListRow,
  registry: ReadonlyMap<string, KeyVersion>,
): Piece[] {
  const { incidentId, severity, cause, openedAt, lastFindingAt, loss, verdict } = incident;
  const who = [
    ...(acknowledgedBy === "" ? [] : [`acknowledged by ${acknowledgedBy}`]),
    ...(resolvedBy === "" ? [] : [`resolved: ${resolvedBy}`]),
    ...(verdict === null ? [] : [`judged: ${verdict}`]),
  ];
  return [
    html`${timeOf(openedAt)}
      <div class="aside">last found ${timeOf(lastFindingAt)}</div>`,
    severityBadge(severity),
    state,
    html`<div class="sentence">
      <a href="incidents/${encodeURIComponent(incidentId)}">${summary || incidentId}</a>
    </div>`,
    keyCell(incident, registry),
    cause.replaceAll("_", " "),
    costText(incident) === ""
      ? html`<span title="no price, or nothing beyond what was expected">–</span>`
      : html`<span class="whole">${dollarsOf(loss.micros)}</span>${
            // It is counted at each notification: what goes on has cost more since.
            incident.open ? html`<div class="aside">until ${timeOf(loss.until)}</div>` : null
          }`,
    html`${who.map((one) => html`<div class="aside">${one}</div>`)}`,
  ];
}

/** A cost of nothing is unknown where nobody told a price. */
const costText = ({ loss }: Incident): string => (loss.micros > 0 ? dollarsOf(loss.micros) : "");

function keyCell(incident: Incident, registry: ReadonlyMap<string, KeyVersion>): Markup | string {
  const id = onlyKey(incident);
  if (id === null) return aboutSeveral(incident);
  const known = registry.get(id);
  return html`<a href="keys/${encodeURIComponent(id)}">${keyName(known, id)}</a>
    <div class="aside">${ownerOf(known)}</div>`;
}

function ownerOf(known: KeyVersion | undefined): Markup | string {
  if (known === undefined) return "not registered";
  return known.owner === "" ? "no owner on record" : html`<a href="${ownerWay(known.owner)}">${known.owner}</a>`;
}

const HEADS =
  "incident_id,opened_at,last_finding_at,severity,state,cause,key_id,keys,owner,summary,cost_usd,acknowledged_by,resolved_by,verdict".split(
    ",",
  );

/** The same rows as CSV; `keys` stand apart by a blank, instants are ISO, UTC. */
export function incidentsCsv(rows: readonly IncidentListRow[], registry: ReadonlyMap<string, KeyVersion>): string {
  const lines = rows.map(({ incident, state, summary, acknowledgedBy, resolvedBy }) => [
    incident.incidentId,
    new Date(incident.openedAt).toISOString(),
    new Date(incident.lastFindingAt).toISOString(),
    incident.severity,
    state,
    incident.cause,
    incident.keyId ?? "",
    incident.keys.join(" "),
    registry.get(incident.keyId ?? "")?.owner ?? "",
    summary,
    incident.loss.micros / 1e6,
    acknowledgedBy,
    resolvedBy,
    incident.verdict ?? "",
  ]);
  return `${csvText([HEADS, ...lines])}\r\n`;
}

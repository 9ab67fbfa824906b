import { aboutText, isOfSeveral } from "../model/finding/finding-subject.js";
import { SEVERITIES, SEVERITY_RANK } from "../model/incident/page.js";
import type { Incident } from "../model/incident/incident.js";
import { keyName, type KeyVersion } from "../model/key/key.js";
import { stateOf } from "../pipeline/incident/read-incidents.js";
import { timeWithAge } from "./age-text.js";
import { queryOf } from "./find/asked.js";
import { incidentWay, keyWay, ownerWay } from "./find/ways.js";
import { tableOf } from "./layout.js";
import { html, type Markup, type Piece } from "./markup.js";
import { severityBadge } from "./severity-badge.js";

/** So many are shown where keys are, too: of a fleet that is on fire nobody reads a thousand rows before the first key. */
const MOST_SHOWN = 50;

/** The first open incidents, the worst and then the newest at their head, as of an instant (epoch ms), and the way to all of them. */
export function openIncidents(
  incidents: readonly Incident[],
  registry: ReadonlyMap<string, KeyVersion>,
  now: number,
): Markup {
  const sorted = incidents.toSorted(
    (a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || b.openedAt - a.openedAt,
  );
  const count = sorted.length.toLocaleString("en-US");
  const table = tableOf(
    sorted.length === 0 ? "Open incidents" : `Open incidents: ${count}`,
    ["Incident", "Severity", "Key", "Owner", "State", "Opened", "Last found"],
    sorted
      .slice(0, MOST_SHOWN)
      .map((incident) => [
        incidentLink(incident, registry, ""),
        severityBadge(incident.severity),
        keyOf(incident, registry),
        ownerOf(incident, registry),
        incident.acknowledgedBy === null ? stateOf(incident) : `${stateOf(incident)} by ${incident.acknowledgedBy}`,
        timeWithAge(incident.openedAt, now),
        timeWithAge(incident.lastFindingAt, now),
      ]),
  );
  if (sorted.length <= MOST_SHOWN) return table;
  return html`${table}
    <p>
      The ${MOST_SHOWN} worst are shown, of these the newest first.
      <a href="incidents${queryOf({ state: "open" })}">All ${count} open incidents</a>, the newest first, page by page,
      also as CSV.
    </p>`;
}

/** The way to an incident by its cause; who hears a list of links hears also which key it is about. `root` leads to `/`. */
export function incidentLink(incident: Incident, registry: ReadonlyMap<string, KeyVersion>, root: string): Markup {
  const only = onlyKey(incident);
  const of = only === null ? aboutSeveral(incident) : keyName(registry.get(only), only);
  const heard = of === "" ? null : html`<span class="unseen"> of ${of}</span>`;
  return html`<a href="${root}${incidentWay(incident.incidentId)}">${incident.cause.replaceAll("_", " ")}${heard}</a>`;
}

/** How many there are of each severity, the worst first. */
export function severitiesText(incidents: readonly Incident[]): string {
  return SEVERITIES.flatMap((severity) => {
    const count = incidents.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  }).join(", ");
}

/** The key that an incident is about; null where it is about none, or several. */
export function onlyKey(incident: Incident): string | null {
  const { keys, keyId } = incident;
  return keys.length > 1 || isOfSeveral(incident) ? null : (keys[0] ?? keyId);
}

/** What keys have in common that an incident is about, or how many they are; empty where it is about one or none. */
export function aboutSeveral(incident: Incident): string {
  if (incident.keys.length > 1) return `${incident.keys.length} keys`;
  return isOfSeveral(incident) ? aboutText(incident) : "";
}

function keyOf(incident: Incident, registry: ReadonlyMap<string, KeyVersion>): Piece {
  const only = onlyKey(incident);
  if (only === null) return aboutSeveral(incident);
  return html`<a href="${keyWay(only)}">${keyName(registry.get(only), only)}</a>`;
}

function ownerOf(incident: Incident, registry: ReadonlyMap<string, KeyVersion>): Piece {
  const only = onlyKey(incident);
  if (only === null) return "";
  const known = registry.get(only);
  if (known === undefined) return "not registered";
  return known.owner === "" ? "no owner on record" : html`<a href="${ownerWay(known.owner)}">${known.owner}</a>`;
}

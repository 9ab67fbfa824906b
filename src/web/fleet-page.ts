import type { KeyVersion } from "../model/key.js";
import { SEVERITY_RANK } from "../model/page.js";
import { stateOf, type KnownIncident } from "../pipeline/read-incidents.js";
import type { FleetKey } from "../store/fleet.js";
import { countOf, dollarsOf, minuteOf, pageOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

export interface FleetView {
  readonly incidents: readonly KnownIncident[];
  /** The dearest keys of the last 24 hours, and how many more there may be. */
  readonly keys: readonly FleetKey[];
  readonly mostKeys: number;
  readonly registry: ReadonlyMap<string, KeyVersion>;
}

/** The page `/`: what is open, the worst first, and what every key did in the last 24 hours. */
export function fleetPage({ incidents, keys, mostKeys, registry }: FleetView): string {
  const nameOf = (keyId: string) => registry.get(keyId)?.display || keyId;
  const keyLink = (keyId: string): Markup => html`<a href="keys/${encodeURIComponent(keyId)}">${nameOf(keyId)}</a>`;
  const open = incidents
    .filter(({ incident }) => incident.open)
    .toSorted((a, b) => SEVERITY_RANK[b.incident.severity] - SEVERITY_RANK[a.incident.severity]);
  const suspects = new Set(open.flatMap(({ incident }) => [incident.keyId, ...incident.keys]));
  const body = html` ${tableOf(
    `Open incidents: ${open.length}`,
    ["Severity", "State", "Cause", "Key", "Opened", "Last found", "Incident"],
    open.map(({ incident }) => [
      html`<span class="${incident.severity}">${incident.severity}</span>`,
      stateOf(incident),
      incident.cause.replaceAll("_", " "),
      incident.keys.length > 0 ? `${incident.keys.length} keys` : incident.keyId === "" ? "" : keyLink(incident.keyId),
      minuteOf(incident.openedAt),
      minuteOf(incident.lastFindingAt),
      html`<a href="incidents/${encodeURIComponent(incident.incidentId)}">evidence</a>`,
    ]),
  )}
  ${tableOf(
    "Keys in the last 24 hours, the dearest first",
    ["Key", "Owner", "Requests", "Spend", "Refused with 429", "Busiest minute", "Limit", "State"],
    keys.map((key) => {
      const known = registry.get(key.keyId);
      return [
        keyLink(key.keyId),
        known?.owner ?? "not registered",
        countOf(key.requests),
        dollarsOf(key.spendMicros),
        countOf(key.throttled),
        countOf(key.busiestMinute),
        headroomOf(key.busiestMinute, known?.limitPerMinute ?? null),
        suspects.has(key.keyId) ? html`<span class="error">incident</span>` : "calm",
      ];
    }),
  )}
  ${keys.length >= mostKeys ? html`<p>The ${countOf(mostKeys)} dearest are shown: plimsoll keys list has all.</p>` : null}`;
  return pageOf("Keys", "./", body);
}

/** How near the busiest minute came to the limit; a bar with its figure beside it. */
function headroomOf(busiest: number, limit: number | null): Markup {
  if (limit === null) return html`not known`;
  return html`<meter
      min="0"
      max="${limit}"
      high="${limit * 0.75}"
      value="${Math.min(busiest, limit)}"
      aria-label="${busiest} of ${limit} a minute"
    ></meter>
    ${Math.round((100 * busiest) / limit)} % of ${countOf(limit)}`;
}

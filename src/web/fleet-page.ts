import { keyName, type KeyVersion } from "../model/key/key.js";
import type { Incident } from "../model/incident/incident.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import { MOST_DEAREST } from "../pipeline/view/dearest-keys.js";
import type { FleetRow } from "../pipeline/view/read-fleet.js";
import { sparkHead } from "./chart-assets.js";
import { figuresOf, type Figure } from "./figures.js";
import { countOf, dollarsOf, timeOf, pageOf, tableOf } from "./layout.js";
import { keyStateText, keyStateTitle, uncheckedText } from "../pipeline/view/key-state-text.js";
import { KEY_HYGIENE } from "../pipeline/view/key-hygiene.js";
import { queryOf } from "./find/asked.js";
import { ownerWay } from "./find/ways.js";
import { html, type Markup } from "./markup.js";
import { openIncidents, severitiesText } from "./open-incidents.js";
import { sparkline } from "./sparkline.js";

export interface FleetView {
  /** Instant that the page speaks of, epoch ms. */
  readonly at: number;
  readonly incidents: readonly KnownIncident[];
  /** Keys at risk, then the dearest of the 24 hours before an instant (epoch ms). */
  readonly keys: readonly FleetRow[];
  readonly dearestAt: number;
  readonly registry: ReadonlyMap<string, KeyVersion>;
  /** Until when keys were checked (epoch ms) where that is not up to date, or null before the first check; undefined: all is up to date. */
  readonly checkedUntil: number | null | undefined;
}

/** The page `/`: what is open, the worst first, and what keys did in the last 24 hours, those at most risk first. */
export function fleetPage(view: FleetView): string {
  const { incidents, keys, dearestAt, registry, checkedUntil } = view;
  const nameOf = (keyId: string) => keyName(registry.get(keyId), keyId);
  const keyLink = (keyId: string): Markup => html`<a href="keys/${encodeURIComponent(keyId)}">${nameOf(keyId)}</a>`;
  const open = incidents.flatMap(({ incident }) => (incident.open ? [incident] : []));
  const ids = keys.map(({ keyId }) => keyId);
  const several = new Set(ids.filter((keyId, i) => ids.indexOf(keyId) !== i));
  const body = html` ${lateOf(checkedUntil)} ${figuresOf(figuresFrom(view, open))}
    ${openIncidents(open, registry, view.at)} ${leakingOf(keys, keyLink)}
    ${tableOf(
      "Keys: the most dollars at risk first, then the most expensive of the last 24 hours",
      [
        "Key",
        "State",
        "At risk",
        "Last 24 hours",
        "Busiest minute against the limit",
        "Requests",
        "Spend",
        "Refused with 429",
        "Owner",
      ],
      keys.map((key) => {
        const known = registry.get(key.keyId);
        return [
          html`${keyLink(key.keyId)}${several.has(key.keyId) ? ` seen by ${key.observedBy}` : null}${key.formerIds.map((id) => html`<div class="aside">formerly ${id}</div>`)}`,
          stateOfRow(key, known?.revokedAt ?? null, view.at, checkedUntil),
          riskText(key),
          sparkline(key.hours, isBad(key), key.unknownHours),
          headroomOf(key.busiestMinute, known?.limitPerMinute ?? null),
          countOf(key.requests),
          dollarsOf(key.spendMicros),
          countOf(key.throttled),
          known === undefined
            ? "not registered"
            : known.owner === ""
              ? "no owner on record"
              : html`<a href="${ownerWay(known.owner)}">${known.owner}</a>`,
        ];
      }),
    )}
    <p>
      ${keys.length >= MOST_DEAREST ? html`Keys at risk and the ${countOf(MOST_DEAREST)} most expensive as of ${timeOf(dearestAt)} are shown. ` : null}<a
        href="keys"
        >All keys</a
      >, by owner, service, provider, environment, state and hygiene, also as CSV. To be tidied up:
      ${KEY_HYGIENE.map((one, i) => html`${i === 0 ? null : ", "}<a href="keys${queryOf({ hygiene: one })}">${one.replaceAll("_", "-")}</a>`)}.
      Across keys: <a href="limits">near the limit</a>, <a href="clients">clients</a>,
      <a href="requests">raw requests</a>.
    </p>`;
  return pageOf("Keys", "./", body, sparkHead("./"));
}

/** What somebody who comes by wants to know first: what is open, what that may cost, and of when that is. */
function figuresFrom({ at, keys, registry, checkedUntil }: FleetView, open: readonly Incident[]): readonly Figure[] {
  const risks = new Map(
    keys.flatMap(({ keyId, atRiskMicros }) => (atRiskMicros === null ? [] : [[keyId, atRiskMicros]])),
  );
  const atRisk = [...risks.values()].reduce((sum, micros) => sum + micros, 0);
  const registered = registry.size - Number(registry.has("*"));
  return [
    ["Open incidents", countOf(open.length), severitiesText(open)],
    ...(atRisk === 0
      ? []
      : [["At risk", dollarsOf(atRisk), "until the next business morning, if it continues"] as const]),
    ["Keys on record", html`<a href="keys">${countOf(registered)}</a>`, "all of them, with filters"],
    [
      "As of",
      timeOf(at),
      checkedUntil === undefined ? "all keys are checked and up to date" : `keys are ${uncheckedText(checkedUntil)}`,
    ],
  ];
}

const isBad = ({ state }: FleetRow) => state === "incident" || state === "still_leaking";

/** Keys whose incident somebody ended while the traffic goes on: no open incident names them. */
function leakingOf(keys: readonly FleetRow[], keyLink: (keyId: string) => Markup): Markup | null {
  const leaking = [...new Set(keys.filter(({ state }) => state === "still_leaking").map(({ keyId }) => keyId))];
  if (leaking.length === 0) return null;
  return html`<p class="error" role="alert">
    Resolved, but still leaking: ${leaking.map((keyId, i) => html`${i === 0 ? null : ", "}${keyLink(keyId)}`)}.
  </p>`;
}

/** Without a price nobody knows what is at risk. */
function riskText({ atRiskMicros, spendMicros }: FleetRow): string {
  if (atRiskMicros === null) return "–";
  return atRiskMicros === 0 && spendMicros === 0 ? "unknown" : dollarsOf(atRiskMicros);
}

/** That what follows is not as of now. */
function lateOf(checkedUntil: FleetView["checkedUntil"]): Markup | null {
  if (checkedUntil === undefined) return null;
  return html`<p class="error" role="alert">
    Keys are ${uncheckedText(checkedUntil)}: <a href="coverage">see why</a>.
  </p>`;
}

/** A revoked key is said to be that first; of what else holds of it, what is known against it. */
function stateOfRow(
  key: FleetRow,
  revokedAt: number | null,
  at: number,
  checkedUntil: FleetView["checkedUntil"],
): Markup {
  const { state, incidents } = key;
  const own = state === "incident" && incidents > 1 ? `${incidents} incidents` : keyStateText(state, checkedUntil);
  const isRevoked = revokedAt !== null && revokedAt <= at;
  const text = !isRevoked ? own : isBad(key) || state === "under_suspicion" ? `revoked, ${own}` : "revoked";
  return html`<span ${isBad(key) ? html`class="error"` : null} title="${keyStateTitle(state, checkedUntil)}"
    >${text}</span
  >`;
}

/** How near the busiest minute came to the limit; a bar with its figure beside it. */
function headroomOf(busiest: number, limit: number | null): Markup {
  if (limit === null) return html`${countOf(busiest)}, limit unknown`;
  return html`<meter
      min="0"
      max="${limit}"
      high="${limit * 0.75}"
      value="${Math.min(busiest, limit)}"
      aria-label="${busiest} of ${limit} a minute"
    ></meter>
    <span class="whole">${Math.round((100 * busiest) / limit)} % of ${countOf(limit)}</span>`;
}

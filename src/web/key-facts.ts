import type { KeyVersion } from "../model/key/key.js";
import type { KeyStanding } from "../model/key/key-state.js";
import type { Incident } from "../model/incident/incident.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import type { KeyHistory } from "../pipeline/view/key-history.js";
import { keyStateSentence } from "../pipeline/view/key-state-text.js";
import { requestsText } from "../text/amounts.js";
import { ageText } from "./age-text.js";
import { copyable } from "./copyable.js";
import { ownerWay } from "./find/ways.js";
import { withNetworkLinks } from "./find/network-links.js";
import { countOf, factsOf, timeOf } from "./layout.js";
import { html, type Markup, type Piece } from "./markup.js";
import { incidentLink } from "./open-incidents.js";
import { severityBadge } from "./severity-badge.js";

export interface KeyFactsView {
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly standing: KeyStanding;
  readonly checkedUntil: number | null | undefined;
  readonly history: KeyHistory | null;
  readonly incidents: readonly KnownIncident[];
  /** Epoch ms. */
  readonly now: number;
}

type Fact = readonly [string, Piece];

/** Whose a key is and how it stands, and beside that what the registry has of it. */
export function keyFacts(view: KeyFactsView): Markup {
  const { keyId, key, standing, history, incidents } = view;
  const own: readonly Fact[] = [
    ["State", html`${keyStateSentence(standing.state, view.checkedUntil)} ${openOf(view)}`],
    [
      "Key",
      html`${(key?.display || keyId) === keyId ? null : html`${key?.display} `}${copyable("key-id", keyId, "id")}`,
    ],
    ...(history === null || history.formerIds.length === 0
      ? []
      : [["Former id", `${history.formerIds.join(", ")}, before it was registered; its history is included`] as const]),
    ["Owner", key?.owner ? html`<a href="../${ownerWay(key.owner)}">${key.owner}</a>` : "no owner on record"],
    ["Service", [key?.service, key?.environment].filter(Boolean).join(", ") || "not known"],
    ["Limit", key === null || key.limitPerMinute === null ? "not known" : `${countOf(key.limitPerMinute)}/min`],
    ["Reported public", publicOf(incidents)],
    ...(history === null || history.others.length === 0
      ? []
      : [
          [
            "Seen by",
            `${history.observedBy}, which is shown; ${history.others.map((other) => `${other.observedBy} saw ${requestsText(other.requests)}`).join(", ")}`,
          ] as const,
        ]),
  ];
  return html`<div class="pair">
    ${factsOf(own)} ${factsOf(key === null ? UNREGISTERED : registered(key, view.now))}
  </div>`;
}

const UNREGISTERED: readonly Fact[] = [["On record", "no: this key is not registered"]];

/** What people put on record of a key: by it its use is judged, and by it they know what it may do. */
function registered(key: KeyVersion, now: number): readonly Fact[] {
  const { provider, scopes, allowedCidrs, holders, monthlyBudgetUsd, createdAt, rotateBy, revokedAt, replaces } = key;
  return [
    ["Provider", provider || "not known"],
    [
      "Allowed networks",
      allowedCidrs.length === 0 ? "any: none on record" : withNetworkLinks(allowedCidrs.join(", "), "../"),
    ],
    ["Scopes", scopes.join(", ") || "none on record"],
    ...(holders.length === 0 ? [] : [["Held by", holders.join(", ")] as const]),
    ...(monthlyBudgetUsd === null ? [] : [["Monthly budget", `$${countOf(monthlyBudgetUsd)}`] as const]),
    ...(createdAt === null ? [] : [["Created", timed(createdAt, now)] as const]),
    ...(replaces === ""
      ? []
      : [["Replaces", html`<a href="${encodeURIComponent(replaces)}">${replaces}</a>`] as const]),
    ["Replace by", rotateBy === null ? "no date on record" : dueOf(rotateBy, now)],
    ["Revoked", revokedAt === null ? "no" : timed(revokedAt, now)],
    ["Guard", key.guard || "none on record: it cannot be contained from here"],
    ...(/^https?:\/\//.test(key.runbookUrl)
      ? [["Runbook", html`<a href="${key.runbookUrl}" rel="noreferrer">${key.runbookUrl}</a>`] as const]
      : []),
  ];
}

const timed = (at: number, now: number): Markup => html`${timeOf(at)}${at > now ? null : `, ${ageText(now - at)}`}`;

const dueOf = (rotateBy: number, now: number): Markup =>
  rotateBy > now ? timeOf(rotateBy) : html`<span class="error">overdue</span> since ${timeOf(rotateBy)}`;

/** The way to what is open about it, which is what a reader of its state wants next. */
function openOf({ incidents, keyId, key, now }: KeyFactsView): Piece {
  const registry = new Map(key === null ? [] : [[keyId, key]]);
  const toIncident = (incident: Incident) =>
    html`<div>
      ${severityBadge(incident.severity)} ${incidentLink(incident, registry, "../")}, opened
      ${timeOf(incident.openedAt)}, ${ageText(now - incident.openedAt)}
    </div>`;
  return incidents.flatMap(({ incident }) => (incident.open ? [toIncident(incident)] : []));
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

import { keyName, namedWithId } from "../model/key/key.js";
import { standingText } from "../pipeline/sources/standing-text.js";
import { firstLines } from "../page/compose/first-lines.js";
import { bytesText, requestsText } from "../text/amounts.js";
import { suggestCommand } from "../text/shell-quote.js";
import { DAY_MS } from "../time/day.js";
import type { Investigation } from "../pipeline/view/investigation.js";
import { showNetworks, type NamedSource, type SourceNetwork } from "../pipeline/view/source-networks.js";
import type { InvestigationSessions, SessionList } from "../store/view/investigation-sessions.js";
import type { InvestigationHour } from "../store/view/investigation.js";
import { queryOf } from "./find/asked.js";
import { ownerWay } from "./find/ways.js";
import { withNetworkLinks } from "./find/network-links.js";
import { countOf, dollarsOf, factsOf, minuteOf, pageOf, tableOf, timeOf } from "./layout.js";
import { html, type Markup, type Piece } from "./markup.js";
import { keyText, othersTexts } from "../page/compose/other-keys.js";

/** The way to `/`. */
const ROOT = "../../";
/** Rows of a table on this page; the command prints all. */
const MOST_ROWS = 50;
/** So many networks, and addresses of each of unknown sources and of each other one. */
const SHOWN = { networks: MOST_ROWS, strange: 25, known: 5 };

/** The page `/keys/{key_id}/dossier`: what somebody did with the key, from where, on which routes, hour by hour, from raw rows. */
export function investigationPage(investigation: Investigation): string {
  const { keyId, key, taken, isFirstUse, networks, sessions, uses, hours, from, to, onset } = investigation;
  const facts: (readonly [string, Piece])[] = [
    ["Key", html`<a href="../${encodeURIComponent(keyId)}">${namedWithId(key?.display, keyId)}</a>`],
    ["Owner", key?.owner ? html`<a href="${ROOT}${ownerWay(key.owner)}">${key.owner}</a>` : "no owner on record"],
    ["Service", [key?.service, key?.environment].filter(Boolean).join(", ") || "not known"],
    ["Limit", key === null || key.limitPerMinute === null ? "not known" : `${countOf(key.limitPerMinute)} a minute`],
    ["Shown", html`${timeOf(from)} to ${timeOf(to)}`],
    ["Suspicious since", onset === null ? "no finding" : timeOf(onset)],
    [
      "Used by unknown sources",
      taken === null
        ? isFirstUse
          ? "cannot be distinguished: it was not used before"
          : "nothing"
        : html`${requestsText(taken.requests)}, ${bytesText(taken.bytes)}, ${dollarsOf(taken.spendMicros)}, first
          ${timeOf(taken.firstAt)}, last ${timeOf(taken.lastAt)}`,
    ],
    ...sessionFacts(sessions),
  ];
  // The last day of what is shown: no more raw requests are listed at once.
  const [begin, end] = [Math.max(from, to - DAY_MS), to].map((at) => minuteOf(at).replace(" ", "T"));
  const raw = queryOf({ key: keyId, from: begin!, to: end! });
  const body = html` ${factsOf(facts)}
    <p><a href="${ROOT}requests${raw}">Raw requests</a>, by address and time.</p>
    <h2>Requests by hour</h2>
    ${hoursChart(hours)}
    ${tableOf(
      "Where it was used from: unknown sources first, by network",
      ["Address and client", "Network and standing", "First", "Last", "Requests", "Bytes", "Spend"],
      showNetworks(networks, SHOWN).flatMap(({ network, shown, rest }) =>
        shown
          .map((one) => sourceCells(html`<code>${withNetworkLinks(one.address, ROOT)}</code>`, [one], network))
          .concat(rest.length === 0 ? [] : [sourceCells(`and ${countOf(rest.length)} more`, rest, network)]),
      ),
    )}
    ${moreOf(networks.length, "networks")} ${whoElse(investigation)}
    ${tableOf(
      "What it was used for",
      ["Kind", "Route or scope", "First seen", "Requests", "From unknown sources", "Spend"],
      uses
        .slice(0, MOST_ROWS)
        .map((one) => [
          one.level,
          one.value,
          timeOf(one.firstSeenAt),
          countOf(one.requests),
          countOf(one.unknownSourceRequests),
          dollarsOf(one.spendMicros),
        ]),
    )}
    ${moreOf(uses.length, "routes and scopes")}
    <p>
      All of it, also as JSON and CSV: <code>${suggestCommand("investigate", keyId)}</code>, and
      <code>${suggestCommand("keys show", keyId)}</code> for its blind spots.
    </p>`;
  return pageOf(`Investigation of ${keyName(key, keyId)}`, ROOT, body);
}

/** The first few session keys and TLS clients of unknown sources. */
function sessionFacts({ sessionKeys, tlsFingerprints }: InvestigationSessions): (readonly [string, Piece])[] {
  const fact = (name: string, { busiest, total }: SessionList): (readonly [string, Piece])[] =>
    total === 0
      ? []
      : [
          [
            name,
            firstLines(
              busiest.map(({ value }) => value),
              total,
            ).join(", "),
          ],
        ];
  return [
    ...fact("Session keys of unknown sources", sessionKeys),
    ...fact("TLS fingerprints of unknown sources", tlsFingerprints),
  ];
}

/** A row about some addresses of a network. */
function sourceCells(
  what: Piece,
  sources: readonly NamedSource[],
  { isUnknownSource, ...network }: SourceNetwork,
): Piece[] {
  const sum = (of: (one: NamedSource) => number) => sources.reduce((total, one) => total + of(one), 0);
  const standings = [...new Set(sources.map(standingText))].join(", ");
  const clients = firstLines([...new Set(sources.flatMap(({ userAgents }) => userAgents))]).join(", ");
  return [
    html`${what}
      <div class="aside">${clients || "no named client"}</div>`,
    html`<span class="wraps"
        >${withNetworkLinks(`${network.asn > 0 ? `AS${network.asn} ` : ""}${network.name} ${network.networkType}`.trim(), ROOT)}</span
      >
      <div ${isUnknownSource ? html`class="error"` : null}>${standings}</div>`,
    timeOf(sources.reduce((first, { firstAt }) => Math.min(first, firstAt), Infinity)),
    timeOf(sources.reduce((last, { lastAt }) => Math.max(last, lastAt), 0)),
    countOf(sum(({ requests }) => requests)),
    bytesText(sum(({ bytes }) => bytes)),
    dollarsOf(sum(({ spendMicros }) => spendMicros)),
  ];
}

function moreOf(count: number, what: string): Markup | null {
  return count <= MOST_ROWS ? null : html`<p>And ${countOf(count - MOST_ROWS)} more ${what}.</p>`;
}

/** Other keys that were used from where unknown sources were. */
function whoElse({ others, otherNames }: Investigation): Markup | null {
  if (others === null) return null;
  const nameOf = (keyId: string) => keyText(keyId, otherNames);
  const listed = typeof others === "string" ? [] : others.listed.map(({ keyId }) => keyId);
  const lineOf = (line: string): Markup => {
    const keyId = listed.find((one) => line.startsWith(`${nameOf(one)}: `));
    if (keyId === undefined) return html`<p>${withNetworkLinks(line, ROOT)}</p>`;
    const name = nameOf(keyId);
    return html`<p>
      <a href="../${encodeURIComponent(keyId)}">${name}</a>${withNetworkLinks(line.slice(name.length), ROOT)}
    </p>`;
  };
  return html`<h2>Other keys used from there</h2>
    ${othersTexts(others, nameOf, MOST_ROWS).map(lineOf)}`;
}

/** Bars of requests, those of unknown sources on top of the key's own. */
function hoursChart(hours: readonly InvestigationHour[]): Markup {
  if (hours.length === 0) return html`<p>No requests.</p>`;
  const first = hours[0]!.hour;
  const slots = Math.round((hours.at(-1)!.hour - first) / 3_600_000) + 1;
  const most = Math.max(...hours.map(({ requests }) => requests), 1);
  const bars = hours.map(({ hour, requests, unknownSourceRequests }) => {
    const x = Math.round((hour - first) / 3_600_000) + 0.1;
    const strange = (100 * unknownSourceRequests) / most;
    const own = (100 * (requests - unknownSourceRequests)) / most;
    return html`<rect class="own" x="${x}" width="0.8" y="${100 - own}" height="${own}"
        ><title>
          ${minuteOf(hour)}: ${requestsText(requests)}, ${countOf(unknownSourceRequests)} from unknown sources
        </title></rect
      ><rect class="strange" x="${x}" width="0.8" y="${100 - own - strange}" height="${strange}"></rect>`;
  });
  const said = `${requestsText(most)} in the busiest hour; in all, from unknown sources: ${countOf(hours.reduce((sum, one) => sum + one.unknownSourceRequests, 0))}`;
  return html`<svg
      class="hours"
      viewBox="0 0 ${Math.max(slots, 12)} 100"
      preserveAspectRatio="none"
      role="img"
      aria-label="Requests by hour from ${minuteOf(first)}: ${said}"
    >
      ${bars}
    </svg>
    <p>${said}. Blue: usual sources; red: unknown sources.</p>`;
}

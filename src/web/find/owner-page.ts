import { keyName, namedWithId } from "../../model/key/key.js";
import { keyStateText, keyStateTitle } from "../../pipeline/view/key-state-text.js";
import { OWNER_DAYS, type OwnerKey, type OwnerNetworkUse, type OwnerUse } from "../../pipeline/view/owner-use.js";
import { countedText } from "../../text/amounts.js";
import { countOf, dollarsOf, factsOf, pageOf, tableOf, timeOf } from "../layout.js";
import { shareText } from "../share-text.js";
import { html, type Markup, type Piece } from "../markup.js";
import { queryOf } from "./asked.js";
import { takeAway } from "./take-away.js";
import { incidentWay, keyWay, networkWay, ownerWay } from "./ways.js";

export interface OwnerView {
  readonly use: OwnerUse;
  readonly checkedUntil: number | null | undefined;
  /** The same as SQL for analysts. */
  readonly sql: Readonly<Record<"keys" | "networks", string>>;
}

/** Rows of a table that a page has room for: an owner may have a hundred thousand keys. */
export const MOST_ROWS = 200;
/** Keys by name that a cell has room for. */
const NAMED = 5;

/** The page `/owners/{owner}`: what stands or falls with an owner, and with whom they share networks. */
export function ownerPage({ use, checkedUntil, sql }: OwnerView): string {
  const { owner, own, keys, open, networks, since } = use;
  const shared = networks.filter(({ sharers }) => sharers.keys > 0);
  const textsOf = (name: "service" | "environment" | "provider") =>
    [...new Set(own.map((key) => key[name]))].filter(Boolean).toSorted().join(", ") || "not known";
  const services = [...new Set(own.map(({ service }) => service))].filter(Boolean).toSorted();
  const csv = (table: string) => `${encodeURIComponent(owner)}${queryOf({ format: "csv", table })}`;
  const body = html`${factsOf([
      ["Keys", html`${countOf(own.length)}: <a href="../keys${queryOf({ owner })}">in the list of all keys</a>`],
      [
        "Services",
        services.length === 0
          ? "not known"
          : services.map(
              (one, i) => html`${i === 0 ? null : ", "}<a href="../keys${queryOf({ service: one })}">${one}</a>`,
            ),
      ],
      ["Environments", textsOf("environment")],
      ["Providers", textsOf("provider")],
      [
        "Open incidents",
        html`${countOf(open.length)}: <a href="../incidents${queryOf({ owner })}">all incidents, open and past</a>`,
      ],
      [
        "Networks",
        html`${countOf(networks.length)}, of which ${countOf(shared.length)} shared with keys of others, from
        ${timeOf(since)} on (${OWNER_DAYS} days)`,
      ],
    ])}
    ${tableOf(
      "Keys, those with open incidents first, then the busiest",
      [
        "Key and service",
        "State",
        "Limit a minute",
        "Last use",
        "Requests",
        "From unknown sources",
        "Spend",
        "Open incidents",
      ],
      keys.map((one) => keyCells(one, checkedUntil)),
    )}
    ${moreText(own.length, "key", "keys")}
    ${takeAway({ id: "sql-keys", csv: csv("keys"), csvText: "Keys as CSV", sql: sql.keys })}
    ${tableOf(
      "Networks, those shared with keys of others first, then the busiest",
      ["Network", "Its keys", "Keys of others", "First use", "Last use", "Requests", "Refused"],
      networks.slice(0, MOST_ROWS).map((one) => networkCells(one, use)),
    )}
    ${moreText(networks.length, "network", "networks")}
    ${takeAway({ id: "sql-networks", csv: csv("networks"), csvText: "Networks by key as CSV", sql: sql.networks })}
    <p>
      Use is by hour, of the last ${OWNER_DAYS} days, as the one saw it that saw most of a key. Unknown sources are
      networks that findings blame on the key, unless a person judged that benign. Of keys of others, those at the same
      addresses come first: an autonomous system of a hoster is shared by many that have nothing to do with each other.
    </p>`;
  return pageOf(`Owner ${owner}`, "../", body);
}

function moreText(all: number, one: string, many: string): Piece {
  if (all <= MOST_ROWS) return null;
  return html`<p class="note">${countedText(all - MOST_ROWS, `further ${one}`, `further ${many}`)} in the CSV.</p>`;
}

function keyCells(
  { keyId, key, state, isRevoked, lastAt, requests, unknownRequests, spendMicros, open }: OwnerKey,
  checkedUntil: OwnerView["checkedUntil"],
): Piece[] {
  const text = keyStateText(state, checkedUntil);
  const isBad = state === "incident" || state === "still_leaking";
  return [
    html`<a href="../${keyWay(keyId)}">${namedWithId(key.display, keyId)}</a>
      <div class="aside">${[key.service, key.environment].filter(Boolean).join(", ") || "no service on record"}</div>`,
    html`<span ${isBad ? html`class="error"` : null} title="${keyStateTitle(state, checkedUntil)}"
      >${isRevoked ? `revoked, ${text}` : text}</span
    >`,
    key.limitPerMinute === null ? html`<span class="note">unknown</span>` : countOf(key.limitPerMinute),
    lastAt === null ? html`<span class="note">not in ${OWNER_DAYS} days</span>` : timeOf(lastAt),
    countOf(requests),
    unknownRequests === 0 ? "0 %" : html`<span class="error">${shareText(unknownRequests, requests)}</span>`,
    dollarsOf(spendMicros),
    open.length === 0
      ? ""
      : html`${open.map((one) => html`<div><a href="../${incidentWay(one.incidentId)}">${one.cause.replaceAll("_", " ")}, ${one.severity}</a></div>`)}`,
  ];
}

function networkCells(
  { asn, networkName, networkType, keyIds, keys, firstAt, lastAt, requests, refused, sharers }: OwnerNetworkUse,
  { registry }: OwnerUse,
): Piece[] {
  const name =
    asn > 0 ? html`<a href="../${networkWay(`AS${asn}`)}">AS${asn}</a> ${networkName}` : "no autonomous system";
  return [
    html`${name}${networkType === "" || networkType === "unknown" ? null : html`<div class="aside">${networkType}</div>`}`,
    keysText(
      keyIds.map((keyId) => ({ keyId, aside: "" })),
      keys,
      registry,
    ),
    sharers.keys === 0
      ? ""
      : html`${othersText(sharers)}${keysText(
          sharers.named.map(({ keyId, sharedAddresses }) => ({
            keyId,
            aside: whoseText(registry.get(keyId)?.owner, sharedAddresses),
          })),
          sharers.keys,
          registry,
        )}`,
    timeOf(firstAt),
    timeOf(lastAt),
    countOf(requests),
    countOf(refused),
  ];
}

function othersText({ keys, keysAtAddresses }: OwnerNetworkUse["sharers"]): Markup {
  return html`<div>
    ${countedText(keys, "key")},
    ${keysAtAddresses === 0 ? "none at the same addresses" : html`<span class="error">${countOf(keysAtAddresses)} at the same addresses</span>`}
  </div>`;
}

function whoseText(owner: string | undefined, sharedAddresses: number): Markup {
  const whose =
    owner === undefined
      ? "not registered"
      : owner === ""
        ? "no owner on record"
        : html`<a href="../${ownerWay(owner)}">${owner}</a>`;
  return html`${whose}${sharedAddresses === 0 ? "" : `, at ${countedText(sharedAddresses, "address", "addresses")} of these keys`}`;
}

function keysText(
  named: readonly { readonly keyId: string; readonly aside: Piece }[],
  total: number,
  registry: OwnerUse["registry"],
): Markup {
  const shown = named.slice(0, NAMED);
  const left = total - shown.length;
  return html`${shown.map(({ keyId, aside }) => html`<div><a href="../${keyWay(keyId)}">${keyName(registry.get(keyId) ?? null, keyId)}</a>${aside === "" ? null : html` <span class="note">${aside}</span>`}</div>`)}${left > 0 ? html`<div class="aside">and ${countOf(left)} more</div>` : null}`;
}

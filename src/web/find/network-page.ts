import { keyName } from "../../model/key/key.js";
import { MOST_NETWORK_KEYS, NETWORK_DAYS, type NetworkUse, type NetworkUser } from "../../pipeline/view/network-use.js";
import { countedText } from "../../text/amounts.js";
import { countOf, dollarsOf, factsOf, timeOf, pageOf, tableOf } from "../layout.js";
import { html, type Markup, type Piece } from "../markup.js";
import { queryOf } from "./asked.js";
import { takeAway } from "./take-away.js";
import { keyWay, ownerWay } from "./ways.js";
import { withNetworkLinks } from "./network-links.js";

const STANDINGS: Readonly<Record<NetworkUser["standing"], string>> = {
  known: "known for a week or more",
  new: "new: served for less than a week",
  "never served": "never served from it",
};

/** The page `/networks/{AS64500, CIDR or address}`: which keys used it, since when, how much and for what; `sql` is the same for analysts. */
export function networkPage(use: NetworkUse, sql: string): string {
  const { wanted, systems, users, total, since } = use;
  const body = html`${factsOf([
      [
        "Network",
        systems.length === 0
          ? "not in the table of networks"
          : systems.map((one) => html`<div>${systemText(one, wanted.name)}</div>`),
      ],
      ["Keys", html`${countOf(total)}${newText(use)}, from ${timeOf(since)} on (${NETWORK_DAYS} days)`],
      ...sumsOf(use),
      ["Ever served from it", everText(use)],
    ])}
    ${
      total === 0
        ? nobodyText(wanted.name)
        : tableOf(
            "Keys used from this network, the last use first",
            [
              "Key and owner",
              "To the key, this network is",
              "First use shown",
              "Last use",
              "Addresses",
              "Requests",
              "Refused",
              "Spend",
              "Routes",
            ],
            users.map(cellsOf),
          )
    }
    ${total > users.length ? html`<p>Of ${countOf(total)} keys, the ${MOST_NETWORK_KEYS} used last are shown.</p>` : null}
    ${takeAway({ id: "sql-network", sql })}
    ${
      wanted.kind === "block"
        ? html`<p>
            <a href="../requests${queryOf({ address: wanted.name })}">Raw requests</a> from it, by key and time.
          </p>`
        : null
    }
    <p>
      Uses are by hour; refused are requests answered with 401, 403 or 429. Routes are the busiest from this network in
      the day before its last use, from raw events, of the 50 keys used last.
    </p>`;
  return pageOf(`Network ${wanted.name}`, "../", body);
}

/** Lines that a fact has room for. */
const NAMED_KEYS = 10;

/** Who of ours was ever served from it, also before the rows that the table counts. */
function everText({ ever: { keys, total, firstAt }, since }: NetworkUse): Piece {
  if (firstAt === null) return "no key, as long as Plimsoll has records";
  const before = keys.filter(({ lastAt }) => lastAt < since);
  return html`${countedText(total, "key")}, the first at
  ${timeOf(firstAt)}${
    before.length === 0
      ? null
      : html`; last before those ${NETWORK_DAYS} days:
        ${before.slice(0, NAMED_KEYS).map(({ keyId, lastAt }) => html`<div><a href="../${keyWay(keyId)}">${keyId}</a>, until ${timeOf(lastAt)}</div>`)}
        ${before.length > NAMED_KEYS ? html`<div>and ${countOf(before.length - NAMED_KEYS)} more</div>` : null}`
  }`;
}

function systemText({ asn, name, type }: NetworkUse["systems"][number], own: string): Piece {
  const text = [asn > 0 ? `AS${asn}` : "", name].filter((part) => part !== "").join(" ") || "no autonomous system";
  // A link to where the reader is leads nowhere.
  if (`AS${asn}` === own) return type === "" ? text : `${text} (${type})`;
  return withNetworkLinks(type === "" ? text : `${text} (${type})`, "../");
}

/** An empty list says what that means. */
function nobodyText(name: string): Markup {
  return html`<p>
    <strong>No key was used from ${name} in the last ${NETWORK_DAYS} days.</strong> Where an address was expected here,
    look for its whole network, such as its /24 or its autonomous system, or at
    <a href="../coverage">what was received</a>.
  </p>`;
}

/** To how many keys it is new: what a reader who follows an attacker looks for. */
function newText({ users, total }: NetworkUse): string {
  if (users.length < total) return "";
  const isNew = ({ standing }: NetworkUser) => standing !== "known";
  return `, ${countOf(new Set(users.filter(isNew).map(({ keyId }) => keyId)).size)} of them new to it`;
}

/** What came from it to all of them; of an observer's own, as what several saw is never summed. */
function sumsOf({ users, total }: NetworkUse): readonly (readonly [string, Piece])[] {
  if (total === 0 || users.length < total || new Set(users.map(({ observedBy }) => observedBy)).size > 1) return [];
  const sum = (of: (user: NetworkUser) => number) => users.reduce((all, user) => all + of(user), 0);
  const [requests, refused, spend] = [
    sum((one) => one.requests),
    sum((one) => one.refused),
    sum((one) => one.spendMicros),
  ];
  return [["In all", `${countedText(requests, "request")}, of which ${countOf(refused)} refused; ${dollarsOf(spend)}`]];
}

function cellsOf(user: NetworkUser): Piece[] {
  const { keyId, key, observedBy, standing, firstAt, lastAt, addresses, requests, refused, spendMicros, routes } = user;
  return [
    html`<a href="../${keyWay(keyId)}">${keyName(key, keyId)}</a>
      <div class="aside">
        ${key === null ? "not registered" : key.owner === "" ? "no owner on record" : html`<a href="../${ownerWay(key.owner)}">${key.owner}</a>`},
        seen by ${observedBy}
      </div>`,
    html`<span ${standing === "known" ? null : html`class="error"`}>${STANDINGS[standing]}</span>${servedText(user)}`,
    timeOf(firstAt),
    timeOf(lastAt),
    countOf(addresses),
    countOf(requests),
    countOf(refused),
    dollarsOf(spendMicros),
    routes === null
      ? "not read"
      : routes.length === 0
        ? "none on record"
        : html`${routes.map((route) => html`<div class="aside">${route}</div>`)}`,
  ];
}

function servedText({ servedSince }: NetworkUser): Markup | null {
  return servedSince === null ? null : html`<div class="aside">served since ${timeOf(servedSince)}</div>`;
}

import { standingText } from "../pipeline/sources/standing-text.js";
import { describeNetwork } from "../model/network/describe-network.js";
import type { NetworkType } from "../model/network/network-table.js";
import { NO_ADDRESS } from "../model/network/no-address.js";
import {
  showNetworks,
  type NamedSource,
  type ShownNetwork,
  type SourceNetwork,
} from "../pipeline/view/source-networks.js";
import { printTable } from "./print-table.js";
import { countText, dollarText } from "../text/amounts.js";

/** So many networks, and addresses of each of unknown sources and of each other one. */
const SHOWN = { networks: 20, strange: 10, known: 3 };
/** Silent for so long: it has ended. */
export const ENDED_MS = 2 * 60_000;

const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");

const SOURCES = [
  { title: "ADDRESS" },
  { title: "NETWORK" },
  { title: "STATUS FOR THIS KEY" },
  { title: "FIRST (UTC)" },
  { title: "LAST" },
  { title: "REQUESTS", right: true },
  { title: "SPEND", right: true },
  { title: "CLIENT" },
];

/** Every network of unknown sources before the first other one; of each its busiest addresses, and what the rest of it came to. */
export function fromWhere(networks: readonly SourceNetwork[], to: number): string {
  const rows = showNetworks(networks, SHOWN).flatMap((one) =>
    one.shown.map((source) => sourceRow(source, to)).concat(one.rest.length === 0 ? [] : [restRow(one, to)]),
  );
  const left = networks.length - SHOWN.networks;
  const more = left > 0 ? `\n(${countText(left)} more networks: --format csv)` : "";
  return `From where (unknown sources first, by network)\n${printTable(SOURCES, rows)}${more}`;
}

function sourceRow(one: NamedSource, to: number): string[] {
  return [
    one.address,
    networkText(one),
    one.isUnknownSource ? `unknown source: ${standingText(one)}` : standingText(one),
    time(one.firstAt),
    lastText(one.lastAt, to),
    countText(one.requests),
    dollarText(one.spendMicros),
    one.userAgents[0] ?? "",
  ];
}

function restRow({ rest, network }: ShownNetwork, to: number): string[] {
  const sum = (of: (one: NamedSource) => number) => rest.reduce((total, one) => total + of(one), 0);
  return [
    `and ${addressesText(rest.length, "more ")}`,
    networkText(network),
    network.isUnknownSource ? "unknown source" : "",
    time(rest.reduce((first, { firstAt }) => Math.min(first, firstAt), Infinity)),
    lastText(
      rest.reduce((last, { lastAt }) => Math.max(last, lastAt), 0),
      to,
    ),
    countText(sum(({ requests }) => requests)),
    dollarText(sum(({ spendMicros }) => spendMicros)),
    "(--format csv)",
  ];
}

const lastText = (at: number, to: number) => (to - at > ENDED_MS ? time(at) : "still active");

/** `3 addresses`. */
export const addressesText = (count: number, more = "") =>
  `${countText(count)} ${more}address${count === 1 ? "" : "es"}`;

/** A network as people read it. */
export function networkText({ asn, name, networkType }: Pick<NamedSource, "asn" | "name" | "networkType">): string {
  if (name === NO_ADDRESS) return "";
  return describeNetwork({ asn, name, type: networkType as NetworkType });
}

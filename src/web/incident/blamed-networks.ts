import type { NewSource } from "../../model/finding/leak-statistics.js";
import type { Finding } from "../../model/finding/finding.js";
import { groupBy } from "../../model/group-by.js";
import { describeNetwork } from "../../model/network/describe-network.js";
import { registeredCountry } from "../../store/networks/registered-country.js";
import { countOf, tableOf } from "../layout.js";
import { html, type Markup, type Piece } from "../markup.js";
import { withNetworkLinks } from "../find/network-links.js";
import { networkWay } from "../find/ways.js";

/** What a type of network says of who is there. */
const KINDS: Readonly<Record<NewSource["network_type"], string>> = {
  hosting: "hosting: servers that anybody can rent, no home",
  cloud: "cloud: servers that anybody can rent, no home",
  vpn: "VPN: who uses it may be anywhere",
  isp: "ISP: homes, offices and phones",
  business: "a business",
  internal: "your own network",
  unknown: "not known: watched as strictly as hosting",
};
const COUNTRIES = new Intl.DisplayNames("en", { type: "region" });

/** From where exactly: the networks of the sources that a finding names, with what they are, where their addresses are registered, and who else used them, ever. */
export function blamedNetworks(finding: Finding | null, nameOf: ReadonlyMap<string, string>): Markup | null {
  if (finding?.cause !== "leak") return null;
  const sources = finding.statistics.new_sources.filter(({ address }) => /[.:]/.test(address));
  if (sources.length === 0) return null;
  const networks = [...groupBy(sources, (one) => (one.asn > 0 ? `AS${one.asn}` : one.address))];
  return html`${tableOf(
    "From where: networks of the sources above",
    ["Network", "Hosting or home", "Addresses registered in", "Addresses", "Anyone else of yours, ever"],
    networks.map(([name, own]) => {
      const { asn, network_type: type, address } = own[0]!;
      return [
        withNetworkLinks(describeNetwork({ asn, type, name: nameOf.get(address) ?? "" }), "../"),
        KINDS[type],
        countriesText(own),
        countOf(own.length),
        html`<a href="../${networkWay(name)}">Who used ${name}</a>`,
      ];
    }),
  )}`;
}

/** Where the registries have the blocks of some addresses: a fact about the operator, not about who uses them. */
function countriesText(sources: readonly NewSource[]): Piece {
  if (sources.every(({ network_type: type }) => type === "internal")) return "nowhere: private addresses";
  const found = sources.map(({ address }) => registeredCountry(address));
  const known = [...new Set(found.flatMap((code) => code ?? []))].toSorted();
  if (known.length === 0) return "not known: no registry\u2019s record has these addresses";
  const left = found.filter((code) => code === null).length;
  const names = known.map((code) => `${COUNTRIES.of(code) ?? code} (${code})`).join(", ");
  return left === 0 ? names : `${names}; of ${countOf(left)} not known`;
}

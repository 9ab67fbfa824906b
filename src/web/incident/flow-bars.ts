import { describeNetwork } from "../../model/network/describe-network.js";
import type { NetworkType } from "../../model/network/network-table.js";
import type { IncidentFlow } from "../../store/view/incident-flows.js";
import { countOf, dollarsOf, tableOf } from "../layout.js";
import { html, type Markup } from "../markup.js";
import { withNetworkLinks } from "../find/network-links.js";

/** Networks, the routes they used and what that cost, ranked: what is blamed first; where nothing has a price, by requests. */
export function flowBars(flows: readonly IncidentFlow[]): Markup {
  const isPriced = flows.some(({ spendMicros }) => spendMicros > 0);
  const sizeOf = ({ requests, spendMicros }: IncidentFlow) => (isPriced ? spendMicros : requests);
  const most = Math.max(1, ...flows.map(sizeOf));
  return tableOf(
    `Since the onset: network, route, ${isPriced ? "cost" : "requests"}; unknown sources first`,
    ["Network", "Route", "Share", "Requests", "Cost"],
    flows.map((flow) => [
      html`<span class="wraps ${flow.isBlamed ? "error" : "known"}"
        >${withNetworkLinks(networkText(flow), "../")}</span
      >`,
      html`<span class="wraps">${flow.method} ${flow.route === "" ? "(no route)" : flow.route}</span>`,
      html`<svg class="flow" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect
          class="${flow.isBlamed ? "strange" : "own"}"
          width="${Math.max(1, Math.round((1000 * sizeOf(flow)) / most) / 10)}"
          height="10"
        />
      </svg>`,
      countOf(flow.requests),
      flow.spendMicros > 0 ? dollarsOf(flow.spendMicros) : "–",
    ]),
  );
}

function networkText({ asn, networkType, networkName }: IncidentFlow): string {
  return describeNetwork({ asn, type: networkType as NetworkType, name: networkName });
}

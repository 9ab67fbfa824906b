import type { FastifyPluginAsync } from "fastify";
import { parseWantedNetwork } from "../../model/network/wanted-network.js";
import { readNetworkUse } from "../../pipeline/view/network-use.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { analystNetworkKeysQuery } from "../../store/view/analyst-queries.js";
import { networkParams } from "../../store/view/network-keys.js";
import { pageOf } from "../layout.js";
import { html } from "../markup.js";
import { networkWay } from "./ways.js";
import type { FindDeps } from "./incidents-routes.js";
import { networkPage } from "./network-page.js";

/** `/networks/{network}`: AS64500, a CIDR or an address, each under one name. */
export function networkRoutes({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { network: string } }>("/networks/:network", async (request, reply) => {
      const { network } = request.params;
      const wanted = parseWantedNetwork(network);
      if (wanted === null) return send(reply, unknownNetworkPage(), 404);
      if (wanted.name !== network) return reply.redirect(`../${networkWay(wanted.name)}`, 303);
      const use = await readNetworkUse(store, wanted, now());
      const params = { ...networkParams(wanted), from: new Date(use.since) };
      return send(reply, networkPage(use, printQuery(analystNetworkKeysQuery, params)));
    });
  };
}

function unknownNetworkPage(): string {
  const text = html`<p>
    A network is written like AS64500, 203.0.113.0/24, 203.0.113.7 or 2001:db8::/32, no wider than /8, or /16 in IPv6.
  </p>`;
  return pageOf("No such network", "../", text);
}

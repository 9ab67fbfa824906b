import type { FastifyPluginAsync } from "fastify";
import { readLateChecks } from "../../pipeline/view/check-state.js";
import { readOwnerNetworks, readOwnerUse } from "../../pipeline/view/owner-use.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { analystOwnerKeysQuery, analystOwnerNetworksQuery } from "../../store/view/analyst-queries.js";
import { pageOf } from "../layout.js";
import { html } from "../markup.js";
import { badAddressPage } from "../bad-address-page.js";
import { Asked } from "./asked.js";
import { sendCsv, type FindDeps } from "./incidents-routes.js";
import { ownerKeysCsv, ownerNetworksCsv } from "./owner-csv.js";
import { MOST_ROWS, ownerPage } from "./owner-page.js";

/** `/owners/{owner}`: the keys of an owner, and what they share with others; each table as CSV, too. */
export function ownerRoutes({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Params: { owner: string } }>("/owners/:owner", async (request, reply) => {
      const at = now();
      const { owner } = request.params;
      const asked = new Asked(request.url);
      const table = asked.oneOf("table", ["keys", "networks"]);
      const { isCsv, problems } = asked;
      if (problems.length > 0) return send(reply, badAddressPage(problems, "../"), 400);
      if (isCsv && table === "networks") {
        const uses = await readOwnerNetworks(store, owner, at);
        return uses === null
          ? send(reply, unknownOwnerPage(), 404)
          : sendCsv(reply, "owner-networks", ownerNetworksCsv(uses));
      }
      const most = isCsv ? Infinity : MOST_ROWS;
      const [use, checkedUntil] = await Promise.all([readOwnerUse(store, owner, at, most), readLateChecks(store, at)]);
      // What was asked for is not repeated: it is on no record, and may be a secret.
      if (use === null) return send(reply, unknownOwnerPage(), 404);
      if (isCsv) return sendCsv(reply, "owner-keys", ownerKeysCsv(use));
      const params = { owner, from: new Date(use.since) };
      const sql = {
        keys: printQuery(analystOwnerKeysQuery, params),
        networks: printQuery(analystOwnerNetworksQuery, params),
      };
      return send(reply, ownerPage({ use, checkedUntil, sql }));
    });
  };
}

function unknownOwnerPage(): string {
  const text = html`<p>No key of the registry has this owner. <a href="../keys">All keys</a>.</p>`;
  return pageOf("No such owner", "../", text);
}

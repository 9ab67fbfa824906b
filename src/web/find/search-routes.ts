import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { searchFor, type SearchAnswer, type SearchDeps } from "../../pipeline/view/search.js";
import { formOf } from "../own-form.js";
import { groupsOf, sayingOf } from "./found-groups.js";
import { searchPage } from "./search-page.js";
import { incidentWay, keyWay, networkWay } from "./ways.js";

const PAGE_EACH = 20;
const SUGGESTED_EACH = 5;

export interface SearchRoutesDeps extends SearchDeps {
  readonly now: () => number;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/**
 * `/search`, and `/search/suggestions` for what is typed. The box sends its text in the body of a POST: people paste raw keys into search boxes, and what
 * stands in an address stands in the logs of every proxy, in histories and in referrers. GET is for links that people keep.
 */
export function searchRoutes({ now, send, ...deps }: SearchRoutesDeps): FastifyPluginAsync {
  const answer = async (reply: FastifyReply, text: string, isInAddress: boolean) => {
    const found = await searchFor(deps, text, now(), PAGE_EACH);
    const way = wayOf(found);
    if (way !== null) return reply.redirect(`./${way}`, 303);
    return send(reply, searchPage(found, text.trim(), isInAddress));
  };
  return async (server) => {
    server.get<{ Querystring: { q?: unknown } }>("/search", async (request, reply) => {
      const { q } = request.query;
      return answer(reply, typeof q === "string" ? q : "", true);
    });
    server.post("/search", async (request, reply) => answer(reply, formOf(request).get("q") ?? "", false));
    server.post("/search/suggestions", async (request, reply) => {
      const found = await searchFor(deps, formOf(request).get("q") ?? "", now(), SUGGESTED_EACH);
      return reply.header("cache-control", "no-store").send({ said: sayingOf(found), groups: groupsOf(found) });
    });
  };
}

/** Where a search for exactly one thing leads at once; of a raw key it is said first which one it is. */
function wayOf(answer: SearchAnswer): string | null {
  if (answer.kind === "exact key") return keyWay(answer.id);
  if (answer.kind === "exact incident") return incidentWay(answer.id);
  return answer.kind === "exact network" ? networkWay(answer.network.name) : null;
}

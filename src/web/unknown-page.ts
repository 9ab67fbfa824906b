import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { pageOf, SECURITY_HEADERS } from "./layout.js";
import { html } from "./markup.js";
import { rootOf } from "./own-pages.js";

const DOSSIER = /\/dossier$/;

export interface UnknownPageDeps {
  readonly send: (reply: FastifyReply, page: string, status: number) => FastifyReply;
}

/**
 * What was typed by hand: an id of a key or an incident, or a network, as it is written leads to its page, and an address that a browser asks for and nobody knows
 * is answered by a page. Programs are told in JSON, as everywhere.
 */
export function unknownPageRoute({ send }: UnknownPageDeps): FastifyPluginAsync {
  return async (server) => {
    for (const kind of ["keys", "incidents", "networks"]) {
      server.get<{ Params: { "*": string } }>(`/${kind}/*`, async (request, reply) => {
        const typed = request.params["*"];
        const id = kind === "keys" ? typed.replace(DOSSIER, "") : typed;
        const rest = id === typed ? "" : "/dossier";
        return reply.redirect(`${rootOf(request.url)}${kind}/${encodeURIComponent(id)}${rest}`, 303);
      });
    }
    server.get("/*", async (request, reply) => {
      const isBrowser = request.headers.accept?.includes("text/html") === true;
      if (!isBrowser) return reply.callNotFound();
      const root = rootOf(request.url);
      return send(
        reply,
        pageOf("No such page", root, html`<p><a href="${root}">All keys and open incidents</a></p>`),
        404,
      );
    });
  };
}

/** The page of an address that cannot be read, with the headers of all pages. What stands in the address is not repeated. */
export function unreadablePage(problem: string, path: string) {
  const root = rootOf(path);
  const body = html`<p class="error" role="alert">This address cannot be read: ${problem}.</p>
    <p><a href="${root}">All keys and open incidents</a></p>`;
  return { page: pageOf("No such page", root, body), headers: SECURITY_HEADERS };
}

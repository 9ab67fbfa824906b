import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { looksLikeSecret } from "../model/secret-shape.js";
import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import type { Sessions } from "./session.js";

export interface SignInDeps {
  readonly sessions: Sessions;
  readonly now: () => number;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** Pages that a sign-in may lead to, by their way from `/`: nothing else, so that no link of others leads elsewhere. */
const OUR_PAGES = /^(?:coverage|(?:keys|incidents)\/[\w%.~!$'()*+,;=:@-]{1,512}(?:\/dossier)?)$/;

/** `/sign-in`: takes a token, opens a session, and leads to the page that was asked for. */
export function signInRoute({ sessions, now, send }: SignInDeps): FastifyPluginAsync {
  return async (server) => {
    server.get<{ Querystring: { to?: unknown } }>("/sign-in", async (request, reply) =>
      send(reply, signInPage("./", ourPage(request.query.to), "")),
    );
    server.post("/sign-in", async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const to = ourPage(form.get("to"));
      const cookie = sessions.signIn((form.get("token") ?? "").trim(), now());
      if (cookie === null) return send(reply, signInPage("./", to, "This token is not known, or may not read."), 403);
      return reply.header("set-cookie", cookie).redirect(`./${to}`, 303);
    });
  };
}

/** What stands in the place of a page (its path on this server) for who is not signed in. */
export function signInInstead(path: string): string {
  const to = ourPage((path.split("?")[0] ?? "").slice(1));
  return signInPage(rootOf(path), to, "");
}

/** The relative way to `/` from a page's path on this server. */
export function rootOf(path: string): string {
  const depth = (path.split("?")[0] ?? "").split("/").length - 2;
  return depth <= 0 ? "./" : "../".repeat(depth);
}

function ourPage(way: unknown): string {
  return typeof way === "string" && OUR_PAGES.test(way) && !looksLikeSecret(way) ? way : "";
}

function signInPage(root: string, to: string, problem: string): string {
  const form = html`${problem === "" ? null : html`<p class="error" role="alert">${problem}</p>`}
    <form method="post" action="${root}sign-in">
      <input type="hidden" name="to" value="${to}" />
      <p>
        <label for="token">A token of PLIMSOLL_READ_TOKENS to look, or of PLIMSOLL_ADMIN_TOKENS to act as well</label>
      </p>
      <p><input id="token" name="token" type="password" autocomplete="current-password" required /></p>
      <p><button>Sign in</button></p>
    </form>`;
  return pageOf("Sign in", root, form);
}

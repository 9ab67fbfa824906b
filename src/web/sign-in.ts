import { isIP } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import type { EndedSessions } from "../store/view/ended-sessions.js";
import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import { formOf, isFromAnotherSite } from "./own-form.js";
import type { Sessions } from "./session.js";
import { openSignInPace } from "./sign-in-pace.js";
import { isFromThisMachine } from "./this-machine.js";

export interface SignInDeps {
  readonly sessions: Sessions;
  readonly ended: Pick<EndedSessions, "remember">;
  readonly baseUrl: string | null;
  readonly now: () => number;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** Pages that a sign-in may lead to, by their way from `/`: nothing else, so that no link of others leads elsewhere. */
const OUR_PAGES =
  /^(?:coverage|keys|incidents|(?:keys|incidents|networks)\/[\w%.~!$'()*+,;=:@-]{1,512}(?:\/dossier)?)$/;
const RETRY_AFTER_S = 5;

/** `/sign-in`: takes a token, at the pace of who does not guess, opens a session, and leads to the page that was asked for. */
export function signInRoute({ sessions, ended, baseUrl, now, send }: SignInDeps): FastifyPluginAsync {
  const pace = openSignInPace();
  return async (server) => {
    server.get<{ Querystring: { to?: unknown } }>("/sign-in", async (request, reply) => {
      const { page, status } = signInInstead(sessions, request, ourPage(request.query.to));
      return send(reply, page, status === 401 ? 200 : status);
    });
    server.post("/sign-in", async (request, reply) => {
      const form = formOf(request);
      const to = ourPage(form.get("to"));
      const refuse = (problem: string, status: number) =>
        send(reply, signInInstead(sessions, request, to, problem).page, status);
      // Who is signed in by another site acts under its name without knowing.
      if (isFromAnotherSite(request.headers, baseUrl))
        return refuse("This sign-in was sent by another site: sign in from here.", 403);
      const isHere = isFromThisMachine(request);
      if (sessions.opensWith(isHere) === null) return refuse("", 403);
      const browser = sessions.browserOf(request.cookies);
      const attempt = pace.begin(browser ?? peerOf(request), now());
      if (attempt === null) {
        reply.header("retry-after", RETRY_AFTER_S);
        return refuse("Too many sign-ins from your address at once. Try again in a few seconds.", 429);
      }
      await pause(attempt.delayMs);
      const entered = sessions.signIn((form.get("token") ?? "").trim(), now(), isHere);
      attempt.end(entered !== null, now());
      if (entered !== null) {
        await ended.remember(now());
        request.log.info({ ...whoAsks(request), token: entered.name }, "a sign-in succeeded");
        for (const { name, value, maxAge } of entered.cookies) reply.setCookie(name, value, { maxAge });
        return reply.redirect(`./${to}`, 303);
      }
      request.log.warn({ ...whoAsks(request), failures: attempt.failures + 1 }, "a sign-in failed");
      return refuse("Unknown token, or a token without the right to read.", 403);
    });
  };
}

/** Who asks, for the log: the other end of the connection, and whom a proxy says that it speaks for, which anybody may claim. */
export function whoAsks(request: FastifyRequest): { readonly peer: string; readonly forwardedFor?: string } {
  const claimed = request.headers["x-forwarded-for"];
  return { peer: peerOf(request), ...(claimed === undefined ? {} : { forwardedFor: String(claimed).slice(0, 200) }) };
}

/** Who it is, as far as a trusted proxy says; what is no address, or said by nobody that is trusted, is left out. */
const peerOf = ({ ip, socket }: FastifyRequest): string =>
  (isIP(ip) === 0 ? (socket.remoteAddress ?? "") : ip).replace(/^::ffff:(?=\d+\.)/, "");

/** What stands in the place of a page for who is not signed in, and with which status: that a token is asked for, or that none would help. */
export function signInInstead(
  sessions: Sessions,
  request: FastifyRequest,
  to = ourPage((request.url.split("?")[0] ?? "").slice(1)),
  problem = "",
): { readonly page: string; readonly status: 401 | 403 } {
  const root = rootOf(request.url);
  const opensWith = sessions.opensWith(isFromThisMachine(request));
  if (opensWith === null) return { page: closedPage(root), status: 403 };
  const label =
    opensWith === "tokens"
      ? "A token: what follows = in PLIMSOLL_READ_TOKENS (read) or PLIMSOLL_ADMIN_TOKENS (read and act). That of npm start is in the file .plimsoll/admin.token (with --data DIR: DIR/admin.token)"
      : "A token: the part after # of the link that serve printed on its terminal at start";
  return { page: signInPage(root, to, label, problem), status: 401 };
}

/** The relative way to `/` from a page's path on this server. */
export function rootOf(path: string): string {
  const depth = (path.split("?")[0] ?? "").split("/").length - 2;
  return depth <= 0 ? "./" : "../".repeat(depth);
}

function ourPage(way: unknown): string {
  return typeof way === "string" && OUR_PAGES.test(way) && !looksLikeSecret(way) ? way : "";
}

function signInPage(root: string, to: string, label: string, problem: string): string {
  const form = html`${problem === "" ? null : html`<p class="error" role="alert">${problem}</p>`}
    <form method="post" action="${root}sign-in">
      <input type="hidden" name="to" value="${to}" />
      <p><label for="token">${label}</label></p>
      <p><input id="token" name="token" type="password" autocomplete="current-password" required /></p>
      <p><button>Sign in</button></p>
    </form>`;
  return pageOf("Sign in", root, form);
}

function closedPage(root: string): string {
  const body = html`<p role="alert">Nobody can sign in: no dashboard token is configured.</p>
    <p>
      Set PLIMSOLL_READ_TOKENS (read) or PLIMSOLL_ADMIN_TOKENS (read and act) to <code>name=token</code>, with 16 or
      more random characters, and start <code>plimsoll serve</code> again:
    </p>
    <pre>PLIMSOLL_ADMIN_TOKENS=me=$(openssl rand -hex 24)</pre>
    <p>
      Without any token <code>serve</code> prints a link for this purpose if it is started at a terminal and listens on
      127.0.0.1. That link opens the pages to a browser on the same machine, and through no proxy.
    </p>`;
  return pageOf("Closed", root, body);
}

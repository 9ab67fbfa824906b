import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { EndedSessions } from "../store/view/ended-sessions.js";
import { minuteOf, pageOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { FORM_TOKEN, formOf, judgeForm } from "./own-form.js";
import { SESSION_COOKIE, type Session } from "./session.js";
import { whoAsks } from "./sign-in.js";

export interface SignOutDeps {
  readonly ended: EndedSessions;
  readonly baseUrl: string | null;
  readonly sessionOf: (request: FastifyRequest) => Session;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** `/sign-out`: says who is signed in, and ends the session, in the browser and for whoever may have copied its cookie. */
export function signOutRoute({ ended, baseUrl, sessionOf, send }: SignOutDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/sign-out", async (request, reply) => send(reply, sessionPage(sessionOf(request))));
    server.post("/sign-out", async (request, reply) => {
      const form = formOf(request);
      const session = sessionOf(request);
      if (judgeForm(request.headers, form, session, baseUrl) !== null) {
        const problem = "This form does not belong to your session: submit it from here.";
        return send(reply, sessionPage(session, html`<p class="error" role="alert">${problem}</p>`), 403);
      }
      const isEverywhere = await ended.end(session.id, session.until);
      request.log.info({ ...whoAsks(request), token: session.token }, "a session was ended");
      return send(reply.clearCookie(SESSION_COOKIE), signedOutPage(isEverywhere));
    });
  };
}

function sessionPage({ token, mayAct, until, formToken }: Session, problem: Markup | null = null): string {
  const body = html`${problem}
    <p>
      You are signed in with the token <strong>${token}</strong>, which may ${mayAct ? "look and act" : "look"}, until
      ${minuteOf(until)}.
    </p>
    <form method="post" action="sign-out">
      <input type="hidden" name="${FORM_TOKEN}" value="${formToken}" />
      <p><button>Sign out</button></p>
    </form>`;
  return pageOf("Your session", "./", body);
}

function signedOutPage(isEverywhere: boolean): string {
  const elsewhere = html`<p class="error">
    Redis does not answer: other serve processes do not know of this yet, and a copy of this session's cookie would open
    pages there until it expires. Where that matters, replace the token.
  </p>`;
  const body = html`<p role="status">This session has ended.</p>
    ${isEverywhere ? null : elsewhere}
    <p><a href="sign-in">Sign in</a></p>`;
  return pageOf("Signed out", "./", body);
}

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { PersonSessions } from "../store/sign-in/person-sessions.js";
import { shortSession } from "../store/sign-in/person-sessions.js";
import type { SignInLog } from "../store/sign-in/sign-in-log.js";
import type { EndedSessions } from "../store/view/ended-sessions.js";
import { minuteOf, pageOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { FORM_TOKEN, formOf, judgeForm } from "./own-form.js";
import { SESSION_COOKIE, type Session } from "./session.js";
import { peerOf, whoAsks } from "./who-asks.js";

export interface SignOutDeps {
  readonly ended: EndedSessions;
  readonly people: { readonly sessions: Pick<PersonSessions, "end"> } | null;
  readonly signIns: Pick<SignInLog, "record">;
  readonly now: () => number;
  readonly baseUrl: string | null;
  readonly sessionOf: (request: FastifyRequest) => Session;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** `/sign-out`: says who is signed in, and ends the session, in the browser and for whoever may have copied its cookie. */
export function signOutRoute(deps: SignOutDeps): FastifyPluginAsync {
  const { signIns, now, baseUrl, sessionOf, send } = deps;
  return async (server) => {
    server.get("/sign-out", async (request, reply) => send(reply, sessionPage(sessionOf(request))));
    server.post("/sign-out", async (request, reply) => {
      const form = formOf(request);
      const session = sessionOf(request);
      if (judgeForm(request.headers, form, session, baseUrl) !== null)
        return send(
          reply,
          sessionPage(session, "This form does not belong to your session: submit it from here."),
          403,
        );
      const isEverywhere = await end(deps, session);
      if (session.person !== null && !isEverywhere)
        return send(reply, sessionPage(session, "Redis does not answer: the session has not ended. Try again."), 503);
      const who = session.person === null ? { token: session.who } : { person: session.who };
      request.log.info({ ...whoAsks(request), ...who }, "a session was ended");
      signIns.record({
        at: now(),
        event: "signed_out",
        way: session.person === null ? "token" : "oidc",
        who: session.who,
        address: peerOf(request),
        session: session.person === null ? "" : shortSession(session.id),
      });
      return send(reply.clearCookie(SESSION_COOKIE), signedOutPage(isEverywhere));
    });
  };
}

/** Ends it; false where other processes do not know, or, of a person's, where it has not ended. */
async function end({ ended, people }: SignOutDeps, { id, until, person }: Session): Promise<boolean> {
  if (person === null) return ended.end(id, until);
  return (people?.sessions.end([id]) ?? Promise.reject(new Error("nobody signs in at an issuer"))).then(
    () => true,
    () => false,
  );
}

function sessionPage({ who, person, mayAct, until, formToken }: Session, problem = ""): string {
  const body = html`${problem === "" ? null : html`<p class="error" role="alert">${problem}</p>`}
    <p>
      You are signed in ${person === null ? "with the token" : "as"} <strong>${who}</strong>, which
      ${mayAct ? "may look and act" : "may look"}, until ${minuteOf(until)}.
    </p>
    <form method="post" action="sign-out">
      <input type="hidden" name="${FORM_TOKEN}" value="${formToken}" />
      <p><button>Sign out</button></p>
    </form>`;
  return pageOf("Your session", "./", body);
}

function signedOutPage(isEverywhere: boolean): string {
  const elsewhere: Markup = html`<p class="error">
    Redis does not answer: other serve processes do not know of this yet, and a copy of this session's cookie would open
    pages there until it expires. Where that matters, replace the token.
  </p>`;
  const body = html`<p role="status">This session has ended.</p>
    ${isEverywhere ? null : elsewhere}
    <p><a href="sign-in">Sign in</a></p>`;
  return pageOf("Signed out", "./", body);
}

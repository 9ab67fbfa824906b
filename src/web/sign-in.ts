import { setTimeout as pause } from "node:timers/promises";
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import type { SignInLog } from "../store/sign-in/sign-in-log.js";
import type { EndedSessions } from "../store/view/ended-sessions.js";
import { formOf, isFromAnotherSite } from "./own-form.js";
import { ourPage } from "./own-pages.js";
import type { SignInPace } from "./sign-in-pace.js";
import { signInInstead, type SignInWays } from "./sign-in-page.js";
import { isFromThisMachine } from "./this-machine.js";
import { peerOf, whoAsks } from "./who-asks.js";

export interface SignInDeps extends SignInWays {
  readonly ended: Pick<EndedSessions, "remember">;
  readonly signIns: Pick<SignInLog, "record">;
  readonly pace: SignInPace;
  readonly baseUrl: string | null;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** When to come again where too many attempts wait. */
export const RETRY_AFTER_S = 5;
export const TOO_MANY = "Too many sign-ins from your address at once. Try again in a few seconds.";

/** `/sign-in`: takes a token, at the pace of who does not guess, opens a session, and leads to the page that was asked for. */
export function signInRoute(deps: SignInDeps): FastifyPluginAsync {
  const { sessions, ended, signIns, pace, baseUrl, now, send } = deps;
  return async (server) => {
    server.get<{ Querystring: { to?: unknown } }>("/sign-in", async (request, reply) => {
      const { page, status } = await signInInstead(deps, request, ourPage(request.query.to));
      return send(reply, page, status === 401 ? 200 : status);
    });
    server.post("/sign-in", async (request, reply) => {
      const form = formOf(request);
      const to = ourPage(form.get("to"));
      const refuse = async (problem: string, status: number) =>
        send(reply, (await signInInstead(deps, request, to, problem)).page, status);
      // Who is signed in by another site acts under its name without knowing.
      if (isFromAnotherSite(request.headers, baseUrl))
        return refuse("This sign-in was sent by another site: sign in from here.", 403);
      const isHere = isFromThisMachine(request);
      if (sessions.opensWith(isHere) === null) return refuse("", 403);
      const browser = sessions.browserOf(request.cookies);
      const attempt = pace.begin(browser ?? peerOf(request), now());
      if (attempt === null) {
        reply.header("retry-after", RETRY_AFTER_S);
        return refuse(TOO_MANY, 429);
      }
      await pause(attempt.delayMs);
      const entered = sessions.signIn((form.get("token") ?? "").trim(), now(), isHere);
      attempt.end(entered === null ? "failed" : "succeeded", now());
      const logged = { at: now(), way: "token", address: peerOf(request) } as const;
      if (entered !== null) {
        await ended.remember(now());
        request.log.info({ ...whoAsks(request), token: entered.name }, "a sign-in succeeded");
        signIns.record({ ...logged, event: "signed_in", who: entered.name, mayAct: entered.mayAct });
        for (const { name, value, maxAge } of entered.cookies) reply.setCookie(name, value, { maxAge });
        return reply.redirect(`./${to}`, 303);
      }
      request.log.warn({ ...whoAsks(request), failures: attempt.failures + 1 }, "a sign-in failed");
      signIns.record({ ...logged, event: "refused", who: "", reason: "unknown_token" });
      return refuse("Unknown token, or a token without the right to read.", 403);
    });
  };
}

import { randomBytes, timingSafeEqual } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { SIGN_IN_MS } from "../../store/sign-in/begun-sign-ins.js";
import { PERSON_SESSION_MS, sessionDigest, shortSession } from "../../store/sign-in/person-sessions.js";
import type { SignInLog } from "../../store/sign-in/sign-in-log.js";
import { queryOf } from "../find/asked.js";
import { isFromAnotherSite } from "../own-form.js";
import { ourPage, rootOf } from "../own-pages.js";
import { SESSION_COOKIE, type NewCookie } from "../session.js";
import { RETRY_AFTER_S, TOO_MANY } from "../sign-in.js";
import type { Attempt, SignInPace } from "../sign-in-pace.js";
import { signInInstead, type SignInWays } from "../sign-in-page.js";
import { peerOf, whoAsks } from "../who-asks.js";
import { beginLogin, LOGIN_COOKIE, readLogin, type BegunLogin } from "./begun-login.js";
import { IssuerError } from "./issuer.js";
import { judgeClaims } from "./judge-claims.js";
import { personBrowserOf, rememberPersonBrowser } from "./known-browser.js";
import { personCookie, personSessionId, type PersonSignIn } from "./person-sign-in.js";
import { refusalPage, statusOf, type PersonRefusal } from "./refusals.js";

export interface OidcRoutesDeps extends SignInWays {
  readonly people: PersonSignIn;
  readonly signIns: Pick<SignInLog, "record">;
  readonly pace: SignInPace;
  readonly baseUrl: string | null;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** How a sign-in came to nothing; `code` is of the library or the issuer, and no secret. */
interface Refused {
  readonly why: PersonRefusal;
  readonly code?: string;
  readonly name?: string;
}

/** `/sign-in/oidc`: leads to the issuer; `/sign-in/oidc/callback`: judges what came back, opens a session, and leads to the page that was asked for. */
export function oidcRoutes(deps: OidcRoutesDeps): FastifyPluginAsync {
  const { people, sessions, signIns, pace, baseUrl, now, send } = deps;
  const paced = async (request: FastifyRequest, reply: FastifyReply): Promise<Attempt | null> => {
    const known = sessions.browserOf(request.cookies) ?? (await personBrowserOf(people.browsers, request.cookies));
    const attempt = pace.begin(known ?? peerOf(request), now());
    if (attempt === null) {
      reply.header("retry-after", RETRY_AFTER_S);
      const { page } = await signInInstead(deps, request, "", TOO_MANY);
      send(reply, page, 429);
      return null;
    }
    await pause(attempt.delayMs);
    return attempt;
  };
  const refuse = (request: FastifyRequest, reply: FastifyReply, { why, code = "", name = "" }: Refused) => {
    request.log.warn({ ...whoAsks(request), reason: why, code }, "a sign-in at the issuer failed");
    signIns.record({ at: now(), event: "refused", way: "oidc", who: name, address: peerOf(request), reason: why });
    return send(reply, refusalPage(why, people.issuer.host, people.rules, rootOf(request.url)), statusOf(why));
  };
  return async (server) => {
    server.get<{ Querystring: { to?: unknown } }>("/sign-in/oidc", async (request, reply) => {
      const to = ourPage(request.query.to);
      // What another site makes a browser ask for begins nothing: its user is asked first.
      if (isFromAnotherSite(request.headers, baseUrl)) return reply.redirect(`../sign-in${queryOf({ to })}`, 303);
      const attempt = await paced(request, reply);
      if (attempt === null) return reply;
      const login = beginLogin();
      const at = await people.issuer
        .begin(login, now())
        .then(async (url) => people.begun.begin(login.secret, to, now()).then(() => url.href))
        .catch(refusedBy);
      attempt.end("begun", now());
      if (typeof at !== "string") return refuse(request, reply, at);
      return reply.setCookie(LOGIN_COOKIE, login.secret, { maxAge: SIGN_IN_MS / 1000 }).redirect(at, 303);
    });
    server.get("/sign-in/oidc/callback", async (request, reply) => {
      // Before the pace: another site can have any browser ask for this, and whoever holds no cookie guesses nothing.
      const answer = readAnswer(request);
      if ("why" in answer) return refuse(request, reply, answer);
      const attempt = await paced(request, reply);
      if (attempt === null) return reply;
      const outcome = await finish(deps, request, answer).catch((error: unknown) => ({ refused: refusedBy(error) }));
      attempt.end("refused" in outcome ? "failed" : "returned", now());
      if ("refused" in outcome) return refuse(request, reply, outcome.refused);
      request.log.info({ ...whoAsks(request), person: outcome.name }, "a sign-in succeeded");
      for (const { name, value, maxAge } of outcome.cookies) reply.setCookie(name, value, { maxAge });
      return reply
        .clearCookie(LOGIN_COOKIE)
        .setCookie(SESSION_COOKIE, personCookie(outcome.id), { maxAge: PERSON_SESSION_MS / 1000 })
        .redirect(`../../${outcome.to}`, 303);
    });
  };
}

/** An answer in a callback's query, and the sign-in that its browser began. */
interface Answer {
  readonly login: BegunLogin;
  readonly query: URLSearchParams;
}

/** Judges by cookie and state alone whether an answer belongs to its browser: whoever sends a browser here with an answer of their own ends nothing. */
function readAnswer(request: FastifyRequest): Answer | Refused {
  const login = readLogin(request.cookies[LOGIN_COOKIE]);
  if (login === null) return { why: "not_begun_here" };
  const query = new URL(request.url, "http://any").searchParams;
  return isSame(query.get("state") ?? "", login.state) ? { login, query } : { why: "wrong_state" };
}

interface SignedIn {
  readonly id: string;
  readonly name: string;
  readonly to: string;
  /** What its browser is known by from then on. */
  readonly cookies: readonly NewCookie[];
}

/** Judges an answer of the issuer, and opens a session under an id that nobody chose. @throws IssuerError, or what Redis throws */
async function finish(
  { people, sessions, signIns, now }: OidcRoutesDeps,
  request: FastifyRequest,
  { login, query }: Answer,
): Promise<SignedIn | { readonly refused: Refused }> {
  const begun = await people.begun.take(login.secret, now());
  if (begun === null) return { refused: { why: "not_begun_here" } };
  const verdict = judgeClaims(await people.issuer.finish(query, login, now()), people.rules);
  if ("refused" in verdict) return { refused: { ...verdict, why: verdict.refused } };
  const { name, mayAct } = verdict;
  const id = randomBytes(32).toString("base64url");
  const [at, address] = [now(), peerOf(request)];
  await people.sessions.begin(id, { name, mayAct, address, terms: people.terms }, at);
  const former = personSessionId(request.cookies);
  if (former !== null) await people.sessions.end([sessionDigest(former)]);
  const session = shortSession(sessionDigest(id));
  signIns.record({ at, event: "signed_in", way: "oidc", who: name, mayAct, address, session });
  // One that showed a token is known by that.
  const cookies =
    sessions.browserOf(request.cookies) === null
      ? [await rememberPersonBrowser(people.browsers, await personBrowserOf(people.browsers, request.cookies))]
      : [];
  return { id, name, to: ourPage(begun.to), cookies };
}

/** What the issuer did not say, Redis did not. */
function refusedBy(error: unknown): Refused {
  return error instanceof IssuerError
    ? { why: error.refusal, code: error.code }
    : { why: "redis_away", code: (error as Error).name };
}

function isSame(shown: string, expected: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

import cookie, { type CookieSerializeOptions } from "@fastify/cookie";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { ContainDeps } from "../pipeline/contain/contain-deps.js";
import { readKnownIncidents } from "../pipeline/incident/read-incidents.js";
import { readLateChecks } from "../pipeline/view/check-state.js";
import { readCoverage, type CoverageDeps } from "../pipeline/view/read-coverage.js";
import { readDearestKeys } from "../pipeline/view/dearest-keys.js";
import { readFleet, readFleetRisks } from "../pipeline/view/read-fleet.js";
import type { SignInLog } from "../store/sign-in/sign-in-log.js";
import type { EndedSessions } from "../store/view/ended-sessions.js";
import { ICON, SCRIPT, STYLESHEET } from "./assets.js";
import { cancelWhenGone } from "./cancel-when-gone.js";
import { chartAssetsRoute } from "./chart-assets.js";
import { containRoutes } from "./contain-routes.js";
import { coveragePage } from "./coverage-page.js";
import { answerBreakage } from "./answer-breakage.js";
import { answerOnce } from "./answer-once.js";
import { auditRoutes } from "./find/audit-routes.js";
import { clientsRoute } from "./find/clients-route.js";
import { limitsRoute } from "./find/limits-route.js";
import { requestsRoute } from "./find/requests-route.js";
import { incidentsRoutes } from "./find/incidents-routes.js";
import { ownerRoutes } from "./find/owner-routes.js";
import { keysRoutes } from "./find/keys-routes.js";
import { networkRoutes } from "./find/network-routes.js";
import { SEARCH_SCRIPT } from "./find/search-script.js";
import { searchRoutes } from "./find/search-routes.js";
import { fleetPage } from "./fleet-page.js";
import { incidentRoutes } from "./incident-routes.js";
import { keyRoutes } from "./key-routes.js";
import { SECURITY_HEADERS, signedInPage } from "./layout.js";
import type { Session, Sessions } from "./session.js";
import { oidcRoutes } from "./oidc/oidc-routes.js";
import { personSessionId, readPersonSession, type PersonSignIn } from "./oidc/person-sign-in.js";
import { rootOf, sectionOf } from "./own-pages.js";
import { signInRoute } from "./sign-in.js";
import { openSignInPace } from "./sign-in-pace.js";
import { signInInstead } from "./sign-in-page.js";
import { signOutRoute } from "./sign-out.js";
import { TIMES_SCRIPT } from "./times-script.js";
import { suppressionRoutes } from "./suppression-routes.js";
import { unknownPageRoute } from "./unknown-page.js";
import { isFromThisMachine } from "./this-machine.js";

const LOOK_BACK_MS = 30 * 86_400_000;

export interface PagesDeps {
  /** What the watch goes by; its store is what pages show, and acts on incidents take what its own take. */
  readonly coverage: CoverageDeps;
  readonly sessions: Sessions;
  readonly ended: EndedSessions;
  /** What people sign in by at an issuer; null where they do not. */
  readonly people: PersonSignIn | null;
  readonly signIns: SignInLog;
  readonly now: () => number;
  /** What guards keys, by name. */
  readonly guardOf: ContainDeps["guardOf"];
  /** The id under which a raw key is known or would be; null without a pepper. */
  readonly nameRawKey: (rawKey: string) => string | null;
}

/**
 * What people look at: `/`, `/keys/{key_id}` and its investigation, `/incidents`, `/incidents/{id}`, `/coverage`. A read or admin token, given once, or a sign-in at an issuer, opens them
 * for a shift; with an admin token, or in a group that may, people act on incidents too.
 */
export function pagesRoute(deps: PagesDeps): FastifyPluginAsync {
  const { coverage, sessions, ended, people, signIns, now } = deps;
  const { advance } = coverage.watch;
  const { store, baseUrl } = advance;
  return async (server) => {
    await server.register(cookie, { parseOptions: cookieFlags(baseUrl) });
    readForms(server);
    await server.register(assetsRoute);
    await server.register(chartAssetsRoute);
    await server.register(unknownPageRoute({ send }));
    const entrance = { sessions, ended, signIns, baseUrl, now, send };
    await server.register(signInRoute({ ...entrance, people, pace: openSignInPace() }));
    // A pace each: attempts at the one take no place at the other.
    if (people !== null) await server.register(oidcRoutes({ ...entrance, people, pace: openSignInPace() }));
    server.addHook("onClose", async () => signIns.close());
    await server.register(async (behind) => {
      answerBreakage(behind, send);
      askForSession(behind, deps);
      behind.addHook("onRequest", cancelWhenGone);
      behind.addHook("onRequest", answerOnce);
      await behind.register(signOutRoute({ ended, people, signIns, now, baseUrl, sessionOf, send }));
      await behind.register(overviewRoutes(deps));
      await behind.register(keyRoutes({ store, budget: coverage.budget, now, send }));
      await behind.register(incidentRoutes({ advance, now, sessionOf, send }));
      await behind.register(incidentsRoutes({ store, now, send }));
      await behind.register(keysRoutes({ store, now, send }));
      await behind.register(networkRoutes({ store, now, send }));
      await behind.register(ownerRoutes({ store, now, send }));
      for (const route of [clientsRoute, limitsRoute, requestsRoute])
        await behind.register(route({ store, now, send }));
      await behind.register(auditRoutes({ store, now, send }));
      await behind.register(searchRoutes({ store, nameRawKey: deps.nameRawKey, now, send }));
      await behind.register(containRoutes({ contain: { ...advance, guardOf: deps.guardOf }, now, sessionOf, send }));
      await behind.register(suppressionRoutes({ advance, now, sessionOf, send }));
    });
  };
}

/** `/`: the fleet and its incidents; `/coverage`: what Plimsoll sees. */
function overviewRoutes({ coverage, now }: PagesDeps): FastifyPluginAsync {
  const { store } = coverage.watch.advance;
  const readRisks = async (at: number) => {
    const [incidents, formerIds] = await Promise.all([
      readKnownIncidents(store, at - LOOK_BACK_MS),
      store.registry.readFormerIds("all"),
    ]);
    const known = incidents.map(({ incident }) => incident);
    return { incidents, risks: await readFleetRisks(store, known, formerIds, at) };
  };
  return async (server) => {
    server.get("/", async (_request, reply) => {
      const at = now();
      const [{ incidents, risks }, registry, checkedUntil, dearest] = await Promise.all([
        readRisks(at),
        store.readClock().then((visible) => store.registry.readKeys(at, visible)),
        readLateChecks(store, at),
        readDearestKeys(store, at),
      ]);
      const keys = await readFleet(store, { risks, registry, dearest: dearest.keys }, at);
      return send(reply, fleetPage({ at, incidents, keys, dearestAt: dearest.at, registry, checkedUntil }));
    });
    server.get("/coverage", async (_request, reply) => {
      const at = now();
      return send(reply, coveragePage(await readCoverage(coverage, at), at));
    });
  };
}

const assetsRoute: FastifyPluginAsync = async (server) => {
  server.get("/assets/plimsoll.css", async (_request, reply) => reply.type("text/css; charset=utf-8").send(STYLESHEET));
  server.get("/assets/plimsoll.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(SCRIPT),
  );
  server.get("/assets/times.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(TIMES_SCRIPT),
  );
  server.get("/assets/search.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(SEARCH_SCRIPT),
  );
  server.get("/assets/plimsoll.svg", async (_request, reply) => reply.type("image/svg+xml").send(ICON));
};

/** As @fastify/formbody would, given this parser. */
function readForms(server: FastifyInstance): void {
  const type = "application/x-www-form-urlencoded";
  server.addContentTypeParser(type, { parseAs: "string", bodyLimit: 64_000 }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
}

/** Nobody sees what lies behind this without a session. */
function askForSession(behind: FastifyInstance, deps: PagesDeps): void {
  const { sessions, ended, people, now } = deps;
  behind.decorateRequest("session", null);
  behind.addHook("onRequest", async (request, reply) => {
    const at = now();
    const session = sessions.read(request.cookies, at, isFromThisMachine(request));
    if (session !== null && !(await ended.isEnded(session, at))) return request.setDecorator("session", session);
    const id = people === null ? null : personSessionId(request.cookies);
    let problem = "";
    if (people !== null && id !== null) {
      // What may have been revoked opens nothing while nobody knows.
      const person = await readPersonSession(people, id, at).catch(() => "unknown" as const);
      if (person !== null && person !== "unknown") return request.setDecorator("session", person);
      if (person === "unknown")
        problem = "Redis does not answer: your session cannot be checked. Try again, or use a token.";
    }
    const { page, status } = await signInInstead(deps, request, undefined, problem);
    return send(reply, page, problem === "" ? status : 503);
  });
}

const sessionOf = (request: FastifyRequest) => request.getDecorator<Session>("session");

function send(reply: FastifyReply, page: string, status = 200): FastifyReply {
  const { request } = reply;
  // Pages of who is not signed in have none.
  const { session = null } = request as { readonly session?: Session | null };
  const shown = session === null ? page : signedInPage(page, session, rootOf(request.url), sectionOf(request.url));
  return reply.code(status).headers(SECURITY_HEADERS).type("text/html; charset=utf-8").send(shown);
}

/**
 * Lax: a link in PagerDuty, or in a chat, opens its page; what changes anything is a form, and judged by own-form. Over TLS a cookie never travels
 * without: where a proxy that nobody trusts ends it, the base URL says so.
 */
function cookieFlags(baseUrl: string | null): CookieSerializeOptions {
  const secure = baseUrl?.startsWith("https:") === true || "auto";
  return { path: "/", httpOnly: true, sameSite: "lax", secure };
}

import cookie, { type CookieSerializeOptions } from "@fastify/cookie";
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { summaryText } from "../model/finding/headline.js";
import { USUAL_EXPECTED_DAYS } from "../model/incident/suppression.js";
import { readLateChecks } from "../pipeline/view/check-state.js";
import { evidenceQuery } from "../pipeline/page/evidence-query.js";
import { readNewestFinding, usualNetworks } from "../pipeline/incident/expect-incident.js";
import { detailsAfterwards } from "../page/compose/activity-text.js";
import { findingDetails } from "../page/compose/finding-details.js";
import { readFleet } from "../pipeline/view/read-fleet.js";
import { readPageEvidence } from "../pipeline/page/read-page-evidence.js";
import { wholeFinding } from "../pipeline/incident/whole-finding.js";
import { readKnownIncident, readKnownIncidents, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import { readSuppressions } from "../pipeline/incident/read-suppressions.js";
import { readCoverage, type CoverageDeps } from "../pipeline/view/read-coverage.js";
import type { EndedSessions } from "../store/view/ended-sessions.js";
import { actForms } from "./act-forms.js";
import { sayingOf } from "./act-outcome.js";
import { ICON, SCRIPT, STYLESHEET } from "./assets.js";
import { chartAssetsRoute } from "./chart-assets.js";
import { cancelWhenGone } from "./cancel-when-gone.js";
import { coveragePage } from "./coverage-page.js";
import { fleetPage } from "./fleet-page.js";
import { incidentActions, missingIncidentPage } from "./incident-actions.js";
import { incidentChart } from "./incident-chart.js";
import { incidentPage } from "./incident-page.js";
import { keyRoutes } from "./key-routes.js";
import { pageOf, SECURITY_HEADERS, signedInPage } from "./layout.js";
import { html } from "./markup.js";
import type { ActProblems } from "./parse-act.js";
import { nameOf } from "./person-name.js";
import type { Session, Sessions } from "./session.js";
import { rootOf, signInRoute, signInInstead } from "./sign-in.js";
import { signOutRoute } from "./sign-out.js";
import { suppressionRoutes } from "./suppression-routes.js";
import { isFromThisMachine } from "./this-machine.js";

const MOST_KEYS = 200;
const DAY_MS = 86_400_000;
const LOOK_BACK_MS = 30 * DAY_MS;

export interface PagesDeps {
  /** What the watch goes by; its store is what pages show, and acts on incidents take what its own take. */
  readonly coverage: CoverageDeps;
  readonly sessions: Sessions;
  readonly ended: EndedSessions;
  readonly now: () => number;
}

/**
 * What people look at: `/`, `/keys/{key_id}` and its dossier, `/incidents/{id}`, `/coverage`. A read or admin token, given once, opens them for a shift; with an
 * admin token people act on incidents too.
 */
export function pagesRoute({ coverage, sessions, ended, now }: PagesDeps): FastifyPluginAsync {
  const { advance } = coverage.watch;
  const { store } = advance;
  const sessionOf = (request: FastifyRequest) => request.getDecorator<Session>("session");
  const send = (reply: FastifyReply, page: string, status = 200) => {
    const { request } = reply;
    // Pages of who is not signed in have none.
    const { session = null } = request as { readonly session?: Session | null };
    const shown = session === null ? page : signedInPage(page, session.token, rootOf(request.url));
    return reply.code(status).headers(SECURITY_HEADERS).type("text/html; charset=utf-8").send(shown);
  };
  const registryAt = async (at: number) => store.readKeys(at, await store.readClock());
  return async (server) => {
    await server.register(cookie, { parseOptions: cookieFlags(advance.baseUrl) });
    server.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: 64_000 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    server.get("/assets/plimsoll.css", async (_request, reply) =>
      reply.type("text/css; charset=utf-8").send(STYLESHEET),
    );
    server.get("/assets/plimsoll.js", async (_request, reply) =>
      reply.type("text/javascript; charset=utf-8").send(SCRIPT),
    );
    server.get("/assets/plimsoll.svg", async (_request, reply) => reply.type("image/svg+xml").send(ICON));
    await server.register(chartAssetsRoute);
    await server.register(signInRoute({ sessions, ended, now, send }));
    await server.register(async (behind) => {
      behind.setErrorHandler(async (error: FastifyError, request, reply) => {
        if ((error.statusCode ?? 500) < 500) throw error;
        request.log.error({ err: error }, "a view could not be shown");
        return send(reply, brokenPage(rootOf(request.url)), 503);
      });
      behind.decorateRequest("session", null);
      behind.addHook("onRequest", async (request, reply) => {
        const at = now();
        const session = sessions.read(request.cookies, at, isFromThisMachine(request));
        if (session !== null && !(await ended.isEnded(session, at))) return request.setDecorator("session", session);
        const { page, status } = signInInstead(sessions, request);
        return send(reply, page, status);
      });
      behind.addHook("onRequest", cancelWhenGone);
      const { baseUrl } = advance;
      await behind.register(signOutRoute({ ended, baseUrl, sessionOf, send }));
      behind.get("/", async (_request, reply) => {
        const at = now();
        const [incidents, registry, checkedUntil] = await Promise.all([
          readKnownIncidents(store, at - LOOK_BACK_MS),
          registryAt(at),
          readLateChecks(store, at),
        ]);
        const found = incidents.map(({ incident }) => incident);
        const keys = await readFleet(store, { incidents: found, registry }, at, MOST_KEYS);
        return send(reply, fleetPage({ incidents, keys, mostKeys: MOST_KEYS, registry, checkedUntil }));
      });
      behind.get("/coverage", async (_request, reply) => {
        const at = now();
        return send(reply, coveragePage(await readCoverage(coverage, at), at));
      });
      await behind.register(keyRoutes({ store, limits: coverage.limits, now, send }));
      const find = async (incidentId: string) => readKnownIncident(store, incidentId);
      const pageWith = async (request: FastifyRequest, known: KnownIncident, refused: ActProblems | null) => {
        const at = now();
        const { incident } = known;
        const newest = await readNewestFinding(store, incident, at);
        const finding = newest === null ? null : await wholeFinding(store, incident, newest);
        const [registry, evidence, pages, suppressions, chart] = await Promise.all([
          registryAt(at),
          readPageEvidence(store, finding),
          store.readPagesOf(incident.incidentId),
          readSuppressions(store, { at: 0, incidentId: incident.incidentId }, at),
          incidentChart(store, known, finding, at),
        ]);
        const then = finding === null ? {} : findingDetails(finding, registry, evidence);
        const details = known.incident.open ? then : detailsAfterwards(then);
        const query = finding === null || finding.keyId === "" ? null : evidenceQuery(finding);
        const session = sessionOf(request);
        const name = nameOf(request.cookies);
        const until = at + USUAL_EXPECTED_DAYS * DAY_MS;
        return incidentPage({
          known,
          summary: finding === null ? `${incident.cause} ${incident.keyId}` : summaryText(finding),
          details,
          query,
          pages,
          chart,
          suppressions,
          said: sayingOf((request.query as { said?: string }).said, incident),
          acts: actForms({ incident, session, name, networks: usualNetworks(newest), until, refused }),
        });
      };
      behind.get<{ Params: { id: string } }>("/incidents/:id", async (request, reply) => {
        const known = await find(request.params.id);
        if (known === null) return send(reply, missingIncidentPage(), 404);
        return send(reply, await pageWith(request, known, null));
      });
      await behind.register(suppressionRoutes({ advance, now, sessionOf, send }));
      await behind.register(incidentActions({ advance, now, sessionOf, find, send, pageWith }));
    });
  };
}

/**
 * Lax: a link in PagerDuty, or in a chat, opens its page; what changes anything is a form, and judged by own-form. Over TLS a cookie never travels
 * without: where a proxy that nobody trusts ends it, the base URL says so.
 */
function cookieFlags(baseUrl: string | null): CookieSerializeOptions {
  const secure = baseUrl?.startsWith("https:") === true || "auto";
  return { path: "/", httpOnly: true, sameSite: "lax", secure };
}

function brokenPage(root: string): string {
  const text = html`<p role="alert">ClickHouse did not answer, or returned an error. See the log of serve, or run:</p>
    <pre>plimsoll doctor</pre>`;
  return pageOf("This page cannot be shown now", root, text);
}

import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { evidenceQuery } from "../pipeline/evidence-query.js";
import { readNewestFinding } from "../pipeline/expect-incident.js";
import { findingDetails } from "../pipeline/finding-details.js";
import { readFleet } from "../pipeline/read-fleet.js";
import { readPageEvidence } from "../pipeline/page-evidence.js";
import { readKnownIncidents } from "../pipeline/read-incidents.js";
import type { Store } from "../store/store.js";
import { SCRIPT, STYLESHEET } from "./assets.js";
import { chartAssetsRoute } from "./chart-assets.js";
import { fleetPage } from "./fleet-page.js";
import { incidentChart } from "./incident-chart.js";
import { incidentPage } from "./incident-page.js";
import { keyRoutes, type KeyRoutesDeps } from "./key-routes.js";
import { pageOf, SECURITY_HEADERS } from "./layout.js";
import { html } from "./markup.js";
import type { Sessions } from "./session.js";

const MOST_KEYS = 200;
const LOOK_BACK_MS = 30 * 86_400_000;

export interface PagesDeps {
  readonly store: Store;
  readonly limits: KeyRoutesDeps["limits"];
  readonly sessions: Sessions;
  /** Without a token for reading pages are shown to this machine alone. */
  readonly isOpen: (host: string | undefined) => boolean;
  readonly now: () => number;
}

/** What people look at: `/`, `/keys/{key_id}` and its dossier, `/incidents/{id}`. A read or admin token, given once, opens them for a shift. */
export function pagesRoute({ store, limits, sessions, isOpen, now }: PagesDeps): FastifyPluginAsync {
  const send = (reply: FastifyReply, page: string, status = 200) =>
    reply.code(status).headers(SECURITY_HEADERS).type("text/html; charset=utf-8").send(page);
  const registryAt = async (at: number) => store.readKeys(at, await store.readClock());
  return async (server) => {
    server.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: 10_000 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    server.get("/assets/plimsoll.css", async (_request, reply) =>
      reply.type("text/css; charset=utf-8").send(STYLESHEET),
    );
    server.get("/assets/plimsoll.js", async (_request, reply) =>
      reply.type("text/javascript; charset=utf-8").send(SCRIPT),
    );
    await server.register(chartAssetsRoute);
    server.post("/sign-in", async (request, reply) => {
      const token = request.body instanceof URLSearchParams ? (request.body.get("token") ?? "") : "";
      const cookie = sessions.signIn(token.trim(), now());
      if (cookie === null) return send(reply, signInPage("./", "This token is not known, or may not read."), 403);
      return reply.header("set-cookie", cookie).redirect("./", 303);
    });
    await server.register(async (behind) => {
      behind.addHook("onRequest", async (request, reply) => {
        if (isOpen(request.headers.host) || sessions.isSignedIn(request.headers.cookie, now())) return;
        return send(reply, signInPage(rootOf(request.url), ""), 401);
      });
      behind.get("/", async (_request, reply) => {
        const at = now();
        const [incidents, registry] = await Promise.all([readKnownIncidents(store, at - LOOK_BACK_MS), registryAt(at)]);
        const open = incidents.map(({ incident }) => incident);
        const keys = await readFleet(store, open, at, MOST_KEYS);
        return send(reply, fleetPage({ incidents, keys, mostKeys: MOST_KEYS, registry }));
      });
      await behind.register(keyRoutes({ store, limits, now, send }));
      behind.get<{ Params: { id: string } }>("/incidents/:id", async (request, reply) => {
        const known = (await readKnownIncidents(store, 0)).find(
          ({ incident }) => incident.incidentId === request.params.id,
        );
        if (known === undefined) return send(reply, missingPage("There is no such incident"), 404);
        const at = now();
        const finding = await readNewestFinding(store, known.incident, at);
        const [registry, evidence, pages, chart] = await Promise.all([
          registryAt(at),
          readPageEvidence(store, finding),
          store.readPagesOf(known.incident.incidentId),
          incidentChart(store, known, finding, at),
        ]);
        const details = finding === null ? {} : findingDetails(finding, registry, evidence);
        const query = finding === null || finding.keyId === "" ? null : evidenceQuery(finding);
        return send(
          reply,
          incidentPage({
            known,
            summary: finding?.summary ?? `${known.incident.cause} ${known.incident.keyId}`,
            details,
            query,
            pages,
            chart,
          }),
        );
      });
    });
  };
}

/** The relative way to `/` from a page's path on this server. */
function rootOf(url: string): string {
  const depth = (url.split("?")[0] ?? "").split("/").length - 2;
  return depth <= 0 ? "./" : "../".repeat(depth);
}

function signInPage(root: string, problem: string): string {
  const form = html`${problem === "" ? null : html`<p class="error" role="alert">${problem}</p>`}
    <form method="post" action="${root}sign-in">
      <p><label for="token">A token for reading (PLIMSOLL_READ_TOKENS)</label></p>
      <p><input id="token" name="token" type="password" autocomplete="current-password" required /></p>
      <p><button>Sign in</button></p>
    </form>`;
  return pageOf("Sign in", root, form);
}

function missingPage(title: string): string {
  return pageOf(title, "../", html`<p><a href="../">All keys and open incidents</a></p>`);
}

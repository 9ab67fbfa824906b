import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { PersonsWord } from "../model/incident/incident.js";
import type { ContainDeps } from "../pipeline/contain/contain-deps.js";
import { containKey, undoContainments } from "../pipeline/contain/contain-key.js";
import type { ContainmentWish } from "../pipeline/contain/order-of-wish.js";
import { prepareContainment } from "../pipeline/contain/prepare-containment.js";
import { readKnownIncident, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import { containPage } from "./contain-page.js";
import { missingIncidentPage } from "./incident-actions.js";
import { formOf, judgeAct } from "./own-form.js";
import { parseContain, type ContainRequest } from "./parse-contain.js";
import { actorOf, rememberName } from "./person-name.js";
import { refusedPage, refusedStatus } from "./refused-page.js";
import type { Session } from "./session.js";

export interface ContainRoutesDeps {
  readonly contain: ContainDeps;
  readonly now: () => number;
  readonly sessionOf: (request: FastifyRequest) => Session;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

const ROOT = "../../";

/** What the page's address says of the act before it: no more than that it is on file. */
const SAID: Readonly<Record<string, string>> = {
  asked:
    "Recorded: the guard is asked within seconds. What it answers, and what it came to, is in the incident's timeline.",
  undone: "Recorded: the guard is asked to undo it within seconds.",
};

/** `/incidents/{id}/contain`: what a containment would hit, and asking for it, as on the command line. */
export function containRoutes(deps: ContainRoutesDeps): FastifyPluginAsync {
  const { contain, now, sessionOf, send } = deps;
  const find = async (id: string) => readKnownIncident(contain.store, id);
  return async (server) => {
    server.get<{ Params: { id: string } }>("/incidents/:id/contain", async (request, reply) => {
      const known = await find(request.params.id);
      if (known === null) return send(reply, missingIncidentPage(ROOT), 404);
      const { said = "" } = request.query as { said?: string };
      return send(reply, await show(deps, request, known, null, now(), SAID[said] ?? null));
    });
    server.post<{ Params: { id: string } }>("/incidents/:id/contain", async (request, reply) => {
      const [form, session, way] = [formOf(request), sessionOf(request), "contain"];
      const refusal = judgeAct(request.headers, form, session, contain.baseUrl);
      if (refusal !== null) return send(reply, refusedPage(refusal, way, "incident", ROOT), refusedStatus(refusal));
      const wished = parseContain(form, session.person);
      if (wished === null) return send(reply, refusedPage("no act", way, "incident", ROOT), 400);
      const known = await find(request.params.id);
      if (known === null) return send(reply, missingIncidentPage(ROOT), 404);
      const at = now();
      if (wished.act === "preview") return send(reply, await show(deps, request, known, wished, at, null));
      if (Object.keys(wished.problems).length > 0)
        return send(reply, await show(deps, request, known, wished, at, null), 422);
      const done = await act(contain, known, wished, at);
      if (!done) return send(reply, await show(deps, request, known, wished, at, null), 422);
      const said = wished.act === "undo" ? "undone" : "asked";
      return rememberName(reply, wished.fields.name, session).redirect(`./contain?said=${said}`, 303);
    });
  };
}

/** Puts it on file; false where it cannot be, or where somebody has to say first that it is meant: the page says why. */
async function act(contain: ContainDeps, known: KnownIncident, request: ContainRequest, at: number): Promise<boolean> {
  const { incidentId } = known.incident;
  const { name, note } = request.fields;
  const person: PersonsWord = { ...NOBODY, actor: name, note };
  if (request.act === "undo") return "done" in (await undoContainments(contain, incidentId, null, person, at));
  const wish = wishOf(request, at);
  const { hitsOwner } = await prepareContainment(contain, known, wish, person, at);
  if (hitsOwner && !request.isSure) return false;
  return "done" in (await containKey(contain, incidentId, wish, person, at));
}

const NOBODY: PersonsWord = { actor: "", note: "", verdict: null, eventId: null, url: null };

function wishOf({ fields, networks, limitPerMinute, lastsMs }: ContainRequest, at: number): ContainmentWish {
  return { action: fields.action, networks, limitPerMinute, until: at + lastsMs };
}

async function show(
  { contain, sessionOf }: ContainRoutesDeps,
  http: FastifyRequest,
  known: KnownIncident,
  request: ContainRequest | null,
  at: number,
  said: string | null,
): Promise<string> {
  const isWhole = request !== null && request.act !== "undo" && Object.keys(request.problems).length === 0;
  const wish = isWhole ? wishOf(request, at) : null;
  const { store } = contain;
  const [prepared, registry] = await Promise.all([
    prepareContainment(contain, known, wish, NOBODY, at),
    store.readClock().then((visible) => store.registry.readKeys(at, visible)),
  ]);
  const [session, name] = [sessionOf(http), actorOf(http.cookies, sessionOf(http))];
  return containPage({ incident: known.incident, registry, session, name, prepared, request, said });
}

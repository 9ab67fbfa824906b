import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { Incident } from "../model/incident/incident.js";
import { actOnIncident, type ActOutcome } from "../pipeline/incident/act-on-incident.js";
import {
  expectIncident,
  isExpectedAlready,
  readNewestFinding,
  usualNetworks,
} from "../pipeline/incident/expect-incident.js";
import { previewSentences, previewSuppression } from "../pipeline/incident/preview-suppression.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import type { AdvanceDeps } from "../pipeline/incident/record-step.js";
import type { Store } from "../store/store.js";
import type { Said } from "./act-outcome.js";
import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import { formOf, judgeAct } from "./own-form.js";
import { parseAct, typedFields, withoutNetworks, type ActProblems, type ActRequest } from "./parse-act.js";
import { rememberName } from "./person-name.js";
import { refusedPage, refusedStatus } from "./refused-page.js";
import type { Session } from "./session.js";

export interface IncidentActionsDeps {
  readonly advance: AdvanceDeps;
  readonly now: () => number;
  readonly sessionOf: (request: FastifyRequest) => Session;
  readonly find: (incidentId: string) => Promise<KnownIncident | null>;
  readonly send: (reply: FastifyReply, page: string, status: number) => FastifyReply;
  /** The incident's page again, with a form that was not understood. */
  readonly pageWith: (request: FastifyRequest, known: KnownIncident, refused: ActProblems) => Promise<string>;
}

/** `POST /incidents/{id}`: acknowledge, resolve, expected, as on the command line; then back to the incident's page. */
export function incidentActions(deps: IncidentActionsDeps): FastifyPluginAsync {
  const { advance, now, sessionOf, find, send, pageWith } = deps;
  return async (server) => {
    server.post<{ Params: { id: string } }>("/incidents/:id", async (request, reply) => {
      const form = formOf(request);
      const session = sessionOf(request);
      const refusal = judgeAct(request.headers, form, session, advance.baseUrl);
      const way = encodeURIComponent(request.params.id);
      if (refusal !== null) return send(reply, refusedPage(refusal, way, "incident"), refusedStatus(refusal));
      const at = now();
      const wish = parseAct(form, at, session.person);
      if (wish === null) return send(reply, refusedPage("no act", way, "incident"), 400);
      const known = await find(request.params.id);
      if (known === null) return send(reply, missingIncidentPage(), 404);
      if ("problems" in wish) return send(reply, await pageWith(request, known, wish), 422);
      const expected = await expectedNetworks(advance, known.incident, wish, at);
      if (expected === null) return send(reply, await pageWith(request, known, withoutNetworks(form)), 422);
      const looked =
        wish.act === "expect" ? await lookAt(advance.store, known.incident, wish, expected, form, at) : null;
      if (looked !== null) return send(reply, await pageWith(request, known, looked), wish.isPreview ? 200 : 422);
      const said = await act(advance, known.incident, wish, expected, at);
      if (said === null) return send(reply, missingIncidentPage(), 404);
      return rememberName(reply, wish.name, session).redirect(`./${way}?said=${said}`, 303);
    });
  };
}

/** Networks that are to be expected; null where nobody named any and the newest finding cannot. */
async function expectedNetworks(
  { store }: AdvanceDeps,
  incident: Incident,
  { act: wished, networks }: ActRequest,
  at: number,
) {
  if (wished !== "expect") return [];
  return networks ?? usualNetworks(await readNewestFinding(store, incident, at));
}

/** What the networks of a wish would have hidden, where that was asked for, or where they are too wide to be taken unseen; else null. */
async function lookAt(
  store: Store,
  incident: Incident,
  wish: ActRequest,
  networks: readonly string[],
  form: URLSearchParams,
  at: number,
): Promise<ActProblems | null> {
  const preview = await previewSuppression(store, incident, networks, at);
  const isWide = preview.wide.length > 0;
  if (!wish.isPreview && preview.refusal === null && (!isWide || wish.isSure)) return null;
  const problem =
    preview.refusal ??
    (isWide && !wish.isPreview
      ? "These networks are wide: read below what they would have hidden, then confirm."
      : null);
  return {
    act: "expect",
    fields: typedFields(form),
    problems: problem === null ? {} : { networks: problem },
    preview: { sentences: previewSentences(preview), isWide },
  };
}

/** Does what is wished at an instant (epoch ms) and says what became of it; null when the incident is gone. */
async function act(
  advance: AdvanceDeps,
  incident: Incident,
  wish: ActRequest,
  networks: readonly string[],
  at: number,
): Promise<Said | null> {
  const person = { actor: wish.name, note: wish.note, verdict: wish.verdict, eventId: null, url: null };
  if (wish.act !== "expect")
    return sayingFor(wish, incident, await actOnIncident(advance, incident.incidentId, wish.act, person, at));
  if (await isExpectedAlready(advance.store, incident, wish, person)) return "expected-before";
  const { outcome } = await expectIncident(advance, incident, { networks, until: wish.until }, person, at);
  if (outcome === "stays open") return "expected-in-part";
  return outcome === "unknown incident" ? null : "expected";
}

function sayingFor({ act: wished }: ActRequest, { open }: Incident, outcome: ActOutcome): Said | null {
  if (outcome === "done") return wished === "acknowledge" ? "acknowledged" : open ? "resolved" : "judged";
  if (outcome === "is acknowledged") return "acknowledged-before";
  return outcome === "unknown incident" ? null : "over";
}

/** What is said of an incident that nobody knows; `root` leads to `/`. */
export function missingIncidentPage(root = "../"): string {
  return pageOf("Unknown incident", root, html`<p><a href="${root}">All keys and open incidents</a></p>`);
}

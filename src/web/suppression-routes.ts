import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { changeSuppression, withdrawSuppression, type ChangeOutcome } from "../pipeline/incident/change-suppression.js";
import { previewSentences, previewSuppression } from "../pipeline/incident/preview-suppression.js";
import type { AdvanceDeps } from "../pipeline/incident/record-step.js";
import { readSuppressions, type Suppression } from "../pipeline/incident/read-suppressions.js";
import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import { formOf, judgeAct } from "./own-form.js";
import { parseSuppression, type SuppressionForm } from "./parse-suppression.js";
import { actorOf, rememberName } from "./person-name.js";
import { refusedPage, refusedStatus } from "./refused-page.js";
import type { Session } from "./session.js";
import { suppressionPage, suppressionsPage } from "./suppression-page.js";

const LOOK_BACK_MS = 30 * 86_400_000;

const OUTCOMES: Readonly<Record<Exclude<ChangeOutcome, "unknown">, string>> = {
  changed: "Changed, with effect from now.",
  withdrawn: "Withdrawn: such findings open incidents again from now on.",
  reopened: "Withdrawn. It was found within the last hour: its incident is open again, and on-call is notified.",
  "is over": "Nothing changed: it has ended.",
  "is withdrawn": "Nothing changed: it is already withdrawn.",
  "changed by someone else": "Nothing changed: someone else changed it meanwhile. Review it, then try again.",
};

export interface SuppressionRoutesDeps {
  readonly advance: AdvanceDeps;
  readonly now: () => number;
  readonly sessionOf: (request: FastifyRequest) => Session;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** `/suppressions` and `/suppressions/{id}`, and the forms there: preview, change, withdraw. */
export function suppressionRoutes({ advance, now, sessionOf, send }: SuppressionRoutesDeps): FastifyPluginAsync {
  const { store, baseUrl } = advance;
  const find = async (id: string, at: number): Promise<Suppression | null> =>
    (await readSuppressions(store, { at: 0, suppressionId: id }, at))[0] ?? null;
  const pageWith = async (
    request: FastifyRequest,
    suppression: Suppression,
    form: SuppressionForm | null,
    at: number,
  ) => {
    const usable = form !== null && form.act !== "withdraw" && form.networks.length > 0 && form.problems.length === 0;
    const networks = usable ? form.networks : suppression.now.networks;
    const preview = await previewSuppression(store, suppression.now, networks, at);
    const said = (request.query as { said?: string }).said ?? "";
    return suppressionPage({
      suppression,
      session: sessionOf(request),
      name: actorOf(request.cookies, sessionOf(request)),
      form,
      preview: previewSentences(preview),
      isWide: preview.wide.length > 0,
      said: isSo(said, suppression) ? OUTCOMES[said] : null,
    });
  };
  return async (server) => {
    server.get("/suppressions", async (_request, reply) => {
      const at = now();
      return send(reply, suppressionsPage(await readSuppressions(store, { at: at - LOOK_BACK_MS }, at)));
    });
    server.get<{ Params: { id: string } }>("/suppressions/:id", async (request, reply) => {
      const at = now();
      const suppression = await find(request.params.id, at);
      if (suppression === null) return send(reply, missingPage(), 404);
      return send(reply, await pageWith(request, suppression, null, at));
    });
    server.post<{ Params: { id: string } }>("/suppressions/:id", async (request, reply) => {
      const body = formOf(request);
      const session = sessionOf(request);
      const refusal = judgeAct(request.headers, body, session, baseUrl);
      const way = encodeURIComponent(request.params.id);
      if (refusal !== null) return send(reply, refusedPage(refusal, way, "suppression"), refusedStatus(refusal));
      const at = now();
      const form = parseSuppression(body, at, session.person);
      if (form === null) return send(reply, refusedPage("no act", way, "suppression"), 400);
      const suppression = await find(request.params.id, at);
      if (suppression === null) return send(reply, missingPage(), 404);
      const problems = await problemsOf(form, suppression, at);
      if (problems.length > 0) return send(reply, await pageWith(request, suppression, { ...form, problems }, at), 422);
      if (form.act === "preview") return send(reply, await pageWith(request, suppression, form, at));
      const outcome = await act(form, suppression.id, at);
      if (outcome === "unknown") return send(reply, missingPage(), 404);
      return rememberName(reply, form.name, session).redirect(`./${way}?said=${encodeURIComponent(outcome)}`, 303);
    });
  };

  /** What is wrong with a form, its networks included. */
  async function problemsOf(form: SuppressionForm, { now: last }: Suppression, at: number): Promise<readonly string[]> {
    if (form.problems.length > 0 || form.act === "withdraw") return form.problems;
    if (form.networks.length === 0 && last.networks.length > 0) return ["networks: name at least one."];
    const { refusal, wide } = await previewSuppression(store, last, form.networks, at);
    if (refusal !== null) return [`networks: ${refusal}.`];
    const isSeen = form.act === "preview" || form.isSure || wide.length === 0;
    return isSeen ? [] : ["networks: they are wide: read above what they would have hidden, then confirm."];
  }

  async function act(form: SuppressionForm, id: string, at: number): Promise<ChangeOutcome> {
    const person = { actor: form.name, note: form.note, verdict: null, eventId: null, url: null };
    if (form.act === "withdraw") return withdrawSuppression(advance, id, person, at);
    return changeSuppression(advance, id, { networks: form.networks, until: form.until }, person, at);
  }
}

/** Whoever makes up an address can make the page say nothing that is not so. */
function isSo(said: string, { state, revisions }: Suppression): said is keyof typeof OUTCOMES {
  if (!Object.hasOwn(OUTCOMES, said)) return false;
  if (said === "changed") return revisions.length > 1;
  if (said === "is over") return state === "over";
  return said === "changed by someone else" || state === "withdrawn";
}

function missingPage(): string {
  return pageOf("Unknown suppression", "../", html`<p><a href="../suppressions">All suppressions</a></p>`);
}

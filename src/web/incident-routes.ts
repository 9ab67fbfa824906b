import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { summaryText } from "../model/finding/headline.js";
import { versionIn } from "../model/key/key.js";
import { USUAL_EXPECTED_DAYS } from "../model/incident/suppression.js";
import { detailsLater, runningAt } from "../page/compose/activity-text.js";
import { findingDetails } from "../page/compose/finding-details.js";
import { readNewestFinding, usualNetworks } from "../pipeline/incident/expect-incident.js";
import { readLateChecks } from "../pipeline/view/check-state.js";
import { readBeside, readKnownIncident, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import { readSuppressions } from "../pipeline/incident/read-suppressions.js";
import type { AdvanceDeps } from "../pipeline/incident/record-step.js";
import { wholeFinding } from "../pipeline/incident/whole-finding.js";
import { evidenceQuery } from "../pipeline/page/evidence-query.js";
import { readPageEvidence } from "../pipeline/page/read-page-evidence.js";
import { readOtherIncidents } from "../pipeline/view/incident-list.js";
import { keysOfIncident } from "../pipeline/view/key-states.js";
import { actForms } from "./act-forms.js";
import { sayingOf } from "./act-outcome.js";
import { badAddressPage } from "./bad-address-page.js";
import { incidentActions, missingIncidentPage } from "./incident-actions.js";
import { blamedNetworks } from "./incident/blamed-networks.js";
import { earlierIncidents } from "./incident/earlier-incidents.js";
import { incidentChart, incidentFlows, incidentHeatMap, usualSpan } from "./incident-chart.js";
import { falseIf } from "./incident/false-if.js";
import { knownPublic } from "./incident/known-public.js";
import { refusedFirst } from "./incident/refused-first.js";
import { incidentPage } from "./incident-page.js";
import type { ActProblems } from "./parse-act.js";
import { actorOf } from "./person-name.js";
import type { Session } from "./session.js";
import { parseTimeRange } from "./time-range.js";

const DAY_MS = 86_400_000;

export interface IncidentRoutesDeps {
  readonly advance: AdvanceDeps;
  readonly now: () => number;
  readonly sessionOf: (request: FastifyRequest) => Session;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** `/incidents/{id}`, and what people do there. */
export function incidentRoutes(deps: IncidentRoutesDeps): FastifyPluginAsync {
  const { advance, send } = deps;
  const { store } = advance;
  const find = async (incidentId: string) => readKnownIncident(store, incidentId);
  const pageWith = async (request: FastifyRequest, known: KnownIncident, refused: ActProblems | null) =>
    showIncident(deps, request, known, refused, await readAround(store, deps.now()));
  return async (server) => {
    server.get<{ Params: { id: string } }>("/incidents/:id", async (request, reply) => {
      const at = deps.now();
      const [known, around] = await Promise.all([find(request.params.id), readAround(store, at)]);
      if (known === null) return send(reply, missingIncidentPage(), 404);
      const { problems } = parseTimeRange(request.query, at, { from: 0, to: 0 });
      if (problems.length > 0) return send(reply, badAddressPage(problems, "../"), 400);
      return send(reply, await showIncident(deps, request, known, null, around));
    });
    await server.register(incidentActions({ ...deps, find, pageWith }));
  };
}

/** What a view shows at an instant (epoch ms), whichever incident it is of: read while that is looked for. */
async function readAround(store: AdvanceDeps["store"], at: number) {
  const [registry, checkedUntil] = await Promise.all([
    store.readClock().then(async (visible) => store.registry.readKeys(at, visible)),
    readLateChecks(store, at),
  ]);
  return { at, registry, checkedUntil };
}

/** The page of an incident as of an instant, for who asks, with a form that was refused. */
async function showIncident(
  { advance: { store }, sessionOf }: IncidentRoutesDeps,
  request: FastifyRequest,
  known: KnownIncident,
  refused: ActProblems | null,
  { at, registry, checkedUntil }: Awaited<ReturnType<typeof readAround>>,
): Promise<string> {
  const { incident } = known;
  const newest = await readNewestFinding(store, incident, at);
  const finding = newest === null ? null : await wholeFinding(store, incident, newest);
  const { range } = parseTimeRange(request.query, at, usualSpan(known, finding, at));
  const keyIds = keysOfIncident(incident);
  const [evidence, pages, copies, suppressions, beside, chart, flows, heat, earlier, refusedBefore, publicReports] =
    await Promise.all([
      readPageEvidence(store, finding),
      store.page.readPagesOfIncident(incident.incidentId),
      store.page.readCopiesOfIncident(incident.incidentId),
      readSuppressions(store, { at: 0, incidentId: incident.incidentId }, at),
      readBeside(store, incident),
      incidentChart(store, known, finding, range),
      incidentFlows(store, finding, at),
      incidentHeatMap(store, finding, at),
      keyIds.length === 1 ? readOtherIncidents(store, incident, keyIds[0]!) : null,
      refusedFirst(store, finding, at),
      knownPublic(store, finding),
    ]);
  const then = finding === null ? {} : findingDetails(finding, registry, evidence);
  const [session, name] = [sessionOf(request), actorOf(request.cookies, sessionOf(request))];
  const running = finding === null ? null : runningAt(finding, at);
  const until = at + USUAL_EXPECTED_DAYS * DAY_MS;
  return incidentPage({
    known,
    incident,
    finding,
    registry,
    now: at,
    checkedUntil,
    summary: finding === null ? `${incident.cause} ${incident.keyId ?? ""}` : summaryText(finding),
    details: finding === null ? then : detailsLater(then, finding, incident.open, at),
    query: finding === null ? null : evidenceQuery(finding, evidence.keyIds),
    pages,
    copies,
    extras: {
      who: blamedNetworks(finding, evidence.networkNames),
      "how much": chart,
      "what for": flows,
      "since when": [refusedBefore, heat],
      public: publicReports,
      why: falseIf(finding, versionIn(registry, incident.keyId)),
      before: earlier === null ? null : earlierIncidents(earlier, keyIds[0]!),
    },
    hasCharts: chart !== null,
    suppressions,
    beside,
    said: sayingOf((request.query as { said?: string }).said, incident, running),
    acts: actForms({ incident, session, name, networks: usualNetworks(newest), until, runningAt: running, refused }),
  });
}

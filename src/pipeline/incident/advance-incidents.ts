import pMap from "p-map";
import { suppressionOf } from "../../incident/is-suppressed.js";
import { incidentsBySubject, stepIncidents, type IncidentStep } from "../../incident/step-incidents.js";
import { isOfItself, type Finding } from "../../model/finding/finding.js";
import { groupBy } from "../../model/group-by.js";
import type { Incident } from "../../model/incident/incident.js";
import type { Page } from "../../model/incident/page.js";
import { readRecentIncidents } from "./read-incidents.js";
import { recordStep, stepContext, type AdvanceDeps } from "./record-step.js";

/** Incidents whose steps are recorded side by side: those of one incident go one after the other. */
const INCIDENTS_AT_ONCE = 6;
/** Another writer's step came first so often that something else must be wrong. */
const MOST_RETRIES = 20;

/**
 * Takes findings (of one span, any order) and the passing of its ticks into incidents. A transition is on file together with its
 * pages before these are in the outbox, and all of them are before any is handed over for delivery. For incidents that could not be looked at no
 * time passes.
 */
export async function advanceIncidents(
  deps: AdvanceDeps,
  findings: readonly Finding[],
  ticks: readonly number[],
  of: "checks" | "itself" = "checks",
  isLookedAt: (incident: Incident) => boolean = () => true,
): Promise<void> {
  if (findings.length === 0 && ticks.length === 0) return;
  const pages: Page[] = [];
  for (let tries = 0; ; tries += 1) {
    const first = Math.min(...ticks, ...findings.map(({ tick }) => tick));
    const known = await readRecentIncidents(deps.store, first);
    const expectations = await deps.store.incident.readSuppressionRevisions(first);
    // The ticks of the watch over Plimsoll itself are not those of the checks.
    const own = known.filter(({ cause }) => isOfItself(cause) === (of === "itself"));
    // What people expected opens nothing and keeps nothing open; it stays on file, and is listed with the expectation.
    const news = findings.filter((finding) => suppressionOf(finding, expectations) === null);
    const { steps } = stepIncidents(incidentsBySubject(own), news, ticks, isLookedAt);
    const done = await recordSteps(deps, steps, pages);
    if (steps.some(({ transition }) => transition.kind === "resolved")) await deps.store.incident.unlistIncidents();
    if (done) break;
    if (tries === MOST_RETRIES) throw new Error("incidents keep being changed by others");
  }
  if (pages[0] !== undefined) await deps.enqueuePage(pages[0].pageId);
}

/** False when somebody else changed an incident meanwhile: then all that is left is to be decided anew. */
async function recordSteps(deps: AdvanceDeps, steps: readonly IncidentStep[], pages: Page[]): Promise<boolean> {
  const context = await stepContext(deps);
  const byIncident = [...groupBy(steps, ({ transition }) => transition.incidentId).values()];
  const record = async (own: readonly IncidentStep[]): Promise<boolean> => {
    for (const step of own) {
      const told = await recordStep(context, step);
      if (told === null) return false;
      pages.push(...told);
    }
    return true;
  };
  const done = await pMap(byIncident, record, { concurrency: INCIDENTS_AT_ONCE });
  return done.every(Boolean);
}

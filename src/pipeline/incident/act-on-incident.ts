import { onPerson, type NoChange } from "../../incident/on-person.js";
import type { Finding } from "../../model/finding/finding.js";
import type { IncidentAction, PersonsWord } from "../../model/incident/incident.js";
import { recordStep, stepContext, type AdvanceDeps } from "./record-step.js";
import { foldRows } from "./read-incidents.js";

/** What became of a person's act; `repeated`: the same event was taken before. */
export type ActOutcome = "done" | "repeated" | "unknown incident" | NoChange;

/** Somebody else's step came first so often that something else must be wrong. */
const MOST_RETRIES = 20;

/**
 * Takes what a person did at an instant (epoch ms) into an incident; one event of PagerDuty counts once, however often it comes. What opens it anew says
 * what was found.
 */
export async function actOnIncident(
  deps: AdvanceDeps,
  incidentId: string,
  act: IncidentAction,
  person: PersonsWord,
  at: number,
  finding: Finding | null = null,
): Promise<ActOutcome> {
  for (let tries = 0; tries < MOST_RETRIES; tries += 1) {
    const [rows] = await deps.store.incident.readIncidentRows(0, [incidentId]);
    const incident = rows === undefined ? null : foldRows(rows);
    if (rows === undefined || incident === null) return "unknown incident";
    const isKnown = rows.transitions.some((one) => one.person?.eventId === person.eventId);
    if (person.eventId !== null && isKnown) return "repeated";
    if (act === "link" && rows.transitions.some((one) => one.person?.url === person.url)) return "is linked";
    const transition = onPerson(incident, act, person, at);
    if (typeof transition === "string") return transition;
    const pages = await recordStep(await stepContext(deps), { transition, before: incident, finding });
    if (pages === null) continue;
    if (transition.kind === "resolved") await deps.store.incident.unlistIncidents();
    if (pages[0] !== undefined) await deps.enqueuePage(pages[0].pageId);
    return "done";
  }
  throw new Error("the incident keeps being changed by others: try again");
}

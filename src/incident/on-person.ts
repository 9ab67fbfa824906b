import type {
  Incident,
  IncidentTransition,
  IncidentAction,
  PersonsWord,
  TransitionKind,
} from "../model/incident/incident.js";
import { follow } from "./next-transition.js";

/** Why an act changes nothing. */
export type NoChange = "is over" | "is open" | "is acknowledged" | "is not acknowledged" | "is linked";

const KINDS: Readonly<Record<IncidentAction, TransitionKind>> = {
  acknowledge: "acknowledged",
  unacknowledge: "unacknowledged",
  resolve: "resolved",
  expect: "resolved",
  reopen: "reopened",
  note: "noted",
  reassign: "reassigned",
  link: "linked",
};

/** What a person's act at an instant (epoch ms) does to an incident: its transition, or why there is none. What it was may be said, and corrected, after its end. */
export function onPerson(
  incident: Incident,
  act: IncidentAction,
  person: PersonsWord,
  at: number,
): IncidentTransition | NoChange {
  const needsOpen = act === "acknowledge" || act === "unacknowledge" || act === "resolve" || act === "expect";
  if (needsOpen && !incident.open) {
    const isJudged = act !== "acknowledge" && person.verdict !== null && person.verdict !== incident.verdict;
    return isJudged ? { ...follow(incident, at, "noted", "by_person"), person } : "is over";
  }
  if (act === "reopen" && incident.open) return "is open";
  if (act === "acknowledge" && incident.acknowledgedBy !== null) return "is acknowledged";
  if (act === "unacknowledge" && incident.acknowledgedBy === null) return "is not acknowledged";
  const reason = act === "expect" ? "expected" : "by_person";
  const step = { ...follow(incident, at, KINDS[act], reason), person };
  // What is opened anew here is notified, under a number of its own; what was opened anew in PagerDuty goes on there under the one it has.
  if (act !== "reopen" || person.eventId !== null) return step;
  return { ...step, episode: incident.episode + 1, told: { ...incident.told, at, severity: incident.severity } };
}

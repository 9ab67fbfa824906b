import type { CoverageProblem } from "../../detect/coverage-problem.js";
import { CAUSES, isOfItself } from "../../model/finding/finding.js";
import { printSubject, type FindingSubject } from "../../model/finding/finding-subject.js";
import type { Incident } from "../../model/incident/incident.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";
import type { Reach } from "../page/deliver-pages.js";
import { readOpenIncidents } from "../incident/read-incidents.js";

/** No routing key: then nobody is told of anything, and no incident of it could be. */
const MUTE = {
  cause: "delivery",
  subject: { kind: "part", part: "routing-key" },
  severity: "critical",
  summary: "No pages are sent: no routing key is set, so pages wait in the outbox",
  whatToDo:
    "Set PAGERDUTY_ROUTING_KEY or PLIMSOLL_DESTINATIONS for serve and work, then send a test: `plimsoll doctor --send-test`.",
} as const;

/** No routing key, and every destination takes only some pages. */
const LIMITED = {
  cause: "delivery",
  subject: { kind: "part", part: "routing-key" },
  severity: "error",
  summary: "Some pages may reach nobody: no routing key is set, and every destination is limited",
  whatToDo:
    "Set PAGERDUTY_ROUTING_KEY, or give one destination in PLIMSOLL_DESTINATIONS no owners, routing and severities.",
} as const;

const OF_REACH = { everybody: null, some: LIMITED, nobody: MUTE } as const;

/**
 * What is on file as keeping Plimsoll from seeing or telling at an instant (epoch ms): its own open incidents, and a routing key that is not set.
 * `/coverage` and `/readyz` both go by it, so that neither says that all is well while the other knows better.
 */
export async function readKnownTroubles(
  store: { readonly incident: Pick<IncidentStore, "readIncidentRows"> },
  reach: Reach,
  now: number,
): Promise<CoverageProblem[]> {
  const trouble = OF_REACH[reach];
  const open = (await readOpenIncidents(store, OWN_CAUSES)).filter(isOwn);
  return [...(trouble === null ? [] : [{ ...trouble, since: now }]), ...open.map(troubleOf)];
}

type OwnIncident = Incident & Pick<CoverageProblem, "cause" | "subject">;

const OWN_CAUSES = CAUSES.filter(isOfItself);
const isOwn = (one: Incident): one is OwnIncident => isOfItself(one.cause) && one.subject !== null;

function troubleOf({ cause, subject, severity, openedAt }: OwnIncident): CoverageProblem {
  return {
    cause,
    subject,
    severity,
    since: openedAt,
    summary: `An incident is open about ${nameOf(subject)} (${cause})`,
    whatToDo: "It resolves by itself five minutes after recovery: see the incident for next steps.",
  };
}

function nameOf(subject: FindingSubject): string {
  switch (subject.kind) {
    case "part":
      return subject.part;
    case "source":
      return `source ${subject.source}`;
    case "lost":
      return `lost ${subject.source}/${subject.hour}`;
    case "clock":
      return `clock ${subject.of}`;
    case "source clock":
      return `clock source/${subject.source}`;
    default:
      return printSubject(subject);
  }
}

/** Problems of several accounts, each subject once, as the first account says it. */
export function eachOnce(problems: readonly CoverageProblem[]): CoverageProblem[] {
  const subjects = problems.map(({ cause, subject }) => `${cause} ${printSubject(subject)}`);
  return problems.filter((_, i) => subjects.indexOf(subjects[i]!) === i);
}

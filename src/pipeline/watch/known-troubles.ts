import type { CoverageProblem } from "../../detect/coverage-problem.js";
import type { Incident } from "../../model/incident/incident.js";
import type { Store } from "../../store/store.js";
import { readOpenIncidents } from "../incident/read-incidents.js";

/** No routing key: then nobody is told of anything, and no incident of it could be. */
const MUTE = {
  cause: "delivery",
  subject: "part/routing-key",
  severity: "critical",
  summary: "Nobody is paged: no routing key is set, and pages wait",
  whatToDo: "Set PAGERDUTY_ROUTING_KEY for serve and work, then send a test: `plimsoll doctor --send-test`.",
} as const;

/**
 * What is on file as keeping Plimsoll from seeing or telling at an instant (epoch ms): its own open incidents, and a routing key that is not set.
 * `/coverage` and `/readyz` both go by it, so that neither says that all is well while the other knows better.
 */
export async function readKnownTroubles(
  store: Pick<Store, "readIncidentRows">,
  canPage: boolean,
  now: number,
): Promise<CoverageProblem[]> {
  const open = (await readOpenIncidents(store)).filter(isOfItself);
  return [...(canPage ? [] : [{ ...MUTE, since: now }]), ...open.map(troubleOf)];
}

type OwnIncident = Incident & Pick<CoverageProblem, "cause">;

const isOfItself = (one: Incident): one is OwnIncident => one.cause === "coverage" || one.cause === "delivery";

function troubleOf({ cause, subject, severity, openedAt }: OwnIncident): CoverageProblem {
  const [kind = "", ...rest] = subject.split("/");
  const name = rest.map(decodeURIComponent).join("/");
  return {
    cause,
    subject,
    severity,
    since: openedAt,
    summary: `An incident is open about ${kind === "part" ? name : `${kind} ${name}`.trim()} (${cause})`,
    whatToDo: "It ends by itself five minutes after it is well again: see the incident for what to do.",
  };
}

/** Problems of several accounts, each subject once, as the first account says it. */
export function eachOnce(problems: readonly CoverageProblem[]): CoverageProblem[] {
  const subjects = problems.map(({ cause, subject }) => `${cause} ${subject}`);
  return problems.filter((_, i) => subjects.indexOf(subjects[i]!) === i);
}

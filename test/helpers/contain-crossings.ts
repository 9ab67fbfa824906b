import { judgeAutomatic } from "../../src/contain/judge-automatic.js";
import { requestContainment } from "../../src/contain/request-containment.js";
import type { ContainmentBudget } from "../../src/detect/containment-budget.js";
import { severityOf, type Thresholds } from "../../src/detect/threshold.js";
import { advance } from "../../src/incident/fold-incident.js";
import { stepIncidents, type Incidents } from "../../src/incident/step-incidents.js";
import type { IncidentTransition, PersonsWord } from "../../src/model/incident/incident.js";
import { SLOT_MS } from "../../src/model/finding/window.js";
import { LEAST_SCORE, type Crossing, type KeyCrossings } from "../bench/detection/crossings-worker.js";
import { timeOf } from "../bench/detection/digest.js";
import { finding } from "./incident-parts.js";
import { keyVersion } from "./key-version.js";

const DAY_MS = 86_400_000;
/** After so many ticks without a finding an incident is over: more need not pass. */
const TICKS_TO_PASS = DAY_MS / SLOT_MS + 1;
const KEY = keyVersion({ keyId: "k", guard: "edge" });
const PLIMSOLL: PersonsWord = { actor: "Plimsoll, automatically", note: "", verdict: null, eventId: null, url: null };

/** A containment without a person: whether what it hit was a theft, and by what score. */
export interface MadeContainment {
  readonly score: number;
  readonly isTheft: boolean;
}

/**
 * Which containments a key gets in its life, by the live decisions: what a score is worth, the incidents that findings open and that end when they are
 * clean for a day, and what Plimsoll asks by itself. Every source is taken for listed, and every key has a guard, so that nothing is left to people for want of these.
 */
export function containmentsOf(
  { crossings }: KeyCrossings,
  budget: ContainmentBudget,
  thresholds: Thresholds,
): readonly MadeContainment[] {
  const { threshold } = budget;
  if (threshold === null || thresholds.notice < LEAST_SCORE) throw new Error("not what was asked of the worker");
  const made: MadeContainment[] = [];
  let incidents: Incidents = new Map();
  let transitions: IncidentTransition[] = [];
  let last = -Infinity;
  for (const crossing of crossings) {
    const severity = severityOf(crossing.score, thresholds);
    if (severity === null) continue;
    incidents = stepIncidents(incidents, [], passed(last, crossing.tick)).incidents;
    last = crossing.tick;
    const now = timeOf(crossing.tick);
    const found = finding(severity, now, { score: crossing.score, statistics: statisticsOf(crossing) });
    const stepped = stepIncidents(incidents, [found], [now]);
    incidents = stepped.incidents;
    for (const { transition } of stepped.steps) transitions = [...ofOne(transitions, transition), transition];
    const incident = [...incidents.values()].find((one) => one.open);
    if (incident === undefined) continue;
    const facts = { incident, transitions, finding: found, blamed: [], key: KEY, threshold, mode: "on", now } as const;
    const actions = judgeAutomatic(facts);
    if (typeof actions === "string") continue;
    const order = { action: actions[0]!, networks: [], limitPerMinute: 1, until: now + DAY_MS };
    const step = requestContainment(incident, [], KEY, order, PLIMSOLL, now);
    if ("refusal" in step) throw new Error(step.sentence);
    made.push({ score: crossing.score, isTheft: crossing.isTheft });
    transitions = [...transitions, step];
    incidents = new Map([...incidents].map(([name, one]) => [name, one === incident ? advance(one, step, now) : one]));
  }
  return made;
}

/** Ticks (epoch ms) between two numbered ones, as far as time does anything to an incident. */
function passed(after: number, before: number): number[] {
  if (after === -Infinity) return [];
  const count = Math.min(TICKS_TO_PASS, before - after - 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => timeOf(after + 1 + i));
}

/** The steps of the incident that a step is of; of one before it nothing counts. */
function ofOne(steps: readonly IncidentTransition[], { incidentId }: IncidentTransition): IncidentTransition[] {
  return steps.filter((one) => one.incidentId === incidentId);
}

function statisticsOf({ historyDays, isYoung }: Crossing) {
  return {
    surprises: [],
    history_days: historyDays,
    baseline_day: "2026-03-01",
    ...(isYoung ? { first_days: { kind: "new" } } : {}),
  };
}

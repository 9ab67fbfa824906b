import pMap from "p-map";
import { judgeAutomatic, sparesAllowed, type AutomaticMode } from "../../contain/judge-automatic.js";
import { noteStep } from "../../contain/request-containment.js";
import type { AlarmBudget } from "../../detect/alarm-budget.js";
import type { ContainmentBudget } from "../../detect/containment-budget.js";
import { USUAL_CONTAINED_HOURS, type ContainmentAction } from "../../model/incident/containment.js";
import type { IncidentTransition, PersonsWord } from "../../model/incident/incident.js";
import { versionIn, type KeyVersion } from "../../model/key/key.js";
import { countedText } from "../../text/amounts.js";
import { HOUR_MS } from "../../time/day.js";
import { readNewestFinding } from "../incident/expect-incident.js";
import { readOpenLives, type KnownIncident } from "../incident/read-incidents.js";
import { stepContext } from "../incident/record-step.js";
import { readContainmentBudget } from "../learn/read-budget.js";
import type { ContainDeps } from "./contain-deps.js";
import { recordContainment } from "./contain-key.js";
import { asBlamed, readContainedKey } from "./contained-key.js";
import { prepareContainment, type AlreadyRead } from "./prepare-containment.js";

/** Incidents that are decided side by side. */
const AT_ONCE = 4;

/** What automatic containment works with. */
export interface AutomaticDeps extends ContainDeps {
  /** Of pages: their threshold is the least. */
  readonly budget: AlarmBudget;
  readonly falseContainmentsPerYear: number;
  /** The kill switch, asked before each step. */
  readonly automaticMode: () => AutomaticMode;
}

/**
 * One pass over the open incidents: asks for the containment of keys whose evidence is as rare as the budget of false containments wants it, or records what
 * would have been asked. It is a step like a person's, and what comes after it is the same. What changes meanwhile is decided anew by the next pass.
 */
export async function containAutomatically(deps: AutomaticDeps, now: number): Promise<number> {
  // Most installations stop here, so that nothing is read for it.
  if (deps.falseContainmentsPerYear === 0 || deps.automaticMode() === "off") return 0;
  const budget = await readContainmentBudget(deps.store, deps.falseContainmentsPerYear, deps.budget, now);
  if (budget.threshold === null) return 0;
  const open = (await readOpenLives(deps.store)).filter(
    ({ incident }) => incident.cause === "leak" && incident.wasPage,
  );
  if (open.length === 0) return 0;
  const context = await stepContext(deps);
  const registry = await context.keysAt(now);
  let recorded = 0;
  const failures: unknown[] = [];
  const decide = async (known: KnownIncident): Promise<void> => {
    const step = await stepOf(deps, known, registry, budget, now);
    if (step !== null && (await recordContainment(deps, step, known.incident, context))) recorded += 1;
  };
  // One incident that cannot be decided holds up no other, and nothing outlives the pass.
  await pMap(open, async (known) => decide(known).catch((error: unknown) => failures.push(error)), {
    concurrency: AT_ONCE,
  });
  if (failures.length > 0) throw new AggregateError(failures, "incidents could not be decided");
  return recorded;
}

/** The step that Plimsoll takes by itself in an incident; null: it is left to people. */
async function stepOf(
  deps: AutomaticDeps,
  known: KnownIncident,
  registry: AlreadyRead["registry"],
  budget: ContainmentBudget,
  now: number,
): Promise<IncidentTransition | null> {
  const { incident, transitions } = known;
  const { threshold } = budget;
  const key = versionIn(registry, incident.keyId);
  if (threshold === null || incident.keyId === null || key === null) return null;
  const facts = { incident, transitions, key, threshold, now };
  // Of most incidents nothing has to be read, of most others only what was found last: what they blame is asked for last.
  if (judgeAutomatic({ ...facts, finding: null, blamed: [], mode: deps.automaticMode() }) !== "stale") return null;
  const found = await readNewestFinding(deps.store, incident, now);
  if (typeof judgeAutomatic({ ...facts, finding: found, blamed: [], mode: deps.automaticMode() }) === "string")
    return null;
  const contained = await readContainedKey(deps.store, incident, incident.keyId, now, found);
  const { blamed, newest } = contained;
  const mode = deps.automaticMode();
  const actions = judgeAutomatic({ ...facts, finding: newest, blamed: blamed.networks, mode });
  if (typeof actions === "string") return null;
  const word = wordOf(newest?.score ?? 0, threshold, budget.falsePerYear);
  const already = { registry, key: await asBlamed(deps.store, contained) };
  for (const action of actions) {
    const step = await certainStep(deps, known, key, action, word, now, already);
    // It may have been switched off while the key's traffic was read.
    const isOn = deps.automaticMode() === mode;
    if (step !== null && isOn) return mode === "on" ? step : dryRunOf(known, step, word, now);
  }
  return null;
}

/** The step that asks for an action, where nothing about it is uncertain. */
async function certainStep(
  deps: AutomaticDeps,
  known: KnownIncident,
  key: KeyVersion,
  action: ContainmentAction,
  word: PersonsWord,
  now: number,
  already: AlreadyRead,
): Promise<IncidentTransition | null> {
  const until = now + USUAL_CONTAINED_HOURS * HOUR_MS;
  const wish = { action, networks: null, limitPerMinute: null, until };
  const { step, hitsOwner } = await prepareContainment(deps, known, wish, word, now, already);
  const call = step?.containment?.call;
  if (step === null || call === null || call === undefined || hitsOwner || !sparesAllowed(call, key)) return null;
  return { ...step, reason: "requested_automatically" };
}

function dryRunOf({ incident }: KnownIncident, step: IncidentTransition, word: PersonsWord, now: number) {
  const { containmentId = "", text = "" } = step.containment ?? {};
  return noteStep(incident, "would_contain", word, now, { containmentId, call: null, text: `would have ${text}` });
}

function wordOf(score: number, threshold: number, falsePerYear: number): PersonsWord {
  const budget = `${countedText(falsePerYear, "false containment")} a year`;
  const note = `score ${score.toFixed(1)}, contained from ${threshold.toFixed(1)} on: a budget of ${budget}`;
  return { actor: "Plimsoll, automatically", note, verdict: null, eventId: null, url: null };
}

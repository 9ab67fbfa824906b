import { foldContainments } from "../../contain/fold-containments.js";
import { requestUndo, undoable } from "../../contain/request-containment.js";
import type { ContainmentAction } from "../../model/incident/containment.js";
import type { Incident, IncidentTransition, PersonsWord } from "../../model/incident/incident.js";
import { readNewestFinding } from "../incident/expect-incident.js";
import { readKnownIncident } from "../incident/read-incidents.js";
import { recordStep, stepContext, type StepContext } from "../incident/record-step.js";
import type { ContainDeps } from "./contain-deps.js";
import type { ContainmentWish } from "./order-of-wish.js";
import { prepareContainment } from "./prepare-containment.js";

/** Somebody else's step came first so often that something else must be wrong. */
const MOST_RETRIES = 20;

/** What became of a wish: the sentences of the steps that are on file, or why there are none. */
export type ContainOutcome = { readonly done: readonly string[] } | { readonly problem: string };

const UNKNOWN = { problem: "there is no such incident: see `plimsoll incidents list --all`" };

/** Puts a containment on file with its call, at an instant (epoch ms); the call is sent by the next pass of delivery. */
export async function containKey(
  deps: ContainDeps,
  incidentId: string,
  wish: ContainmentWish,
  person: PersonsWord,
  at: number,
): Promise<ContainOutcome> {
  return untilRecorded(async () => {
    const known = await readKnownIncident(deps.store, incidentId);
    if (known === null) return UNKNOWN;
    const { step, problem } = await prepareContainment(deps, known, wish, person, at);
    if (step === null) return { problem: problem ?? "nothing to do" };
    return (await recordContainment(deps, step, known.incident)) ? { done: [textOf(step)] } : null;
  });
}

/** Puts the end of containments on file: of those of an action, or of all. */
export async function undoContainments(
  deps: ContainDeps,
  incidentId: string,
  action: ContainmentAction | null,
  person: PersonsWord,
  at: number,
): Promise<ContainOutcome> {
  const done: string[] = [];
  return untilRecorded(async () => {
    for (;;) {
      const known = await readKnownIncident(deps.store, incidentId);
      if (known === null) return UNKNOWN;
      const open = undoable(foldContainments(known.transitions), action);
      if ("refusal" in open) return done.length > 0 ? { done } : { problem: open.sentence };
      const step = requestUndo(known.incident, open[0]!, "undo_requested", person, at);
      if (!(await recordContainment(deps, step, known.incident))) return null;
      done.push(textOf(step));
    }
  });
}

/** Makes a step of a containment durable; false when another writer's step came first. Steps that are recorded together have a context in common. */
export async function recordContainment(
  deps: ContainDeps,
  transition: IncidentTransition,
  before: Incident,
  inCommon?: StepContext,
): Promise<boolean> {
  const { store } = deps;
  const { incidentId, sequence, reason, at, containment } = transition;
  const context = inCommon ?? (await stepContext(deps));
  if (containment?.call !== null) await store.contain.listContainment({ incidentId, sequence });
  // A page says what was found; where none is sent, that need not be read.
  const isTold = deps.isTwoWay === true || reason === "not_effective" || reason === "requested_automatically";
  const finding = isTold ? await readNewestFinding(store, before, Math.max(at, context.now)) : null;
  const pages = await recordStep(context, { transition, before, finding });
  if (pages !== null && (containment?.call ?? null) !== null) await deps.enqueueCall?.();
  if (pages?.[0] !== undefined) await deps.enqueuePage(pages[0].pageId);
  return pages !== null;
}

function textOf({ containment }: IncidentTransition): string {
  return containment?.text ?? "";
}

async function untilRecorded(attempt: () => Promise<ContainOutcome | null>): Promise<ContainOutcome> {
  for (let tries = 0; tries < MOST_RETRIES; tries += 1) {
    const outcome = await attempt();
    if (outcome !== null) return outcome;
  }
  throw new Error("the incident keeps being changed by others: try again");
}

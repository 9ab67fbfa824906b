import type { CallProgress, ContainmentCall } from "../model/incident/containment.js";
import type { Incident, IncidentTransition, PersonsWord } from "../model/incident/incident.js";
import { clockText } from "../text/clock-text.js";
import { isActive, isOver, type Containment } from "./fold-containments.js";
import { noteStep, requestUndo } from "./request-containment.js";
import { askedText, untilText } from "./words.js";

/** Its effect is said so long after the guard accepted it: when the first events of the time after are in, and once more when it has settled. */
const FOLLOW_MS = [6 * 60_000, 60 * 60_000] as const;
/** Who does what no person did. */
export const PLIMSOLL: PersonsWord = { actor: "plimsoll", note: "", verdict: null, eventId: null, url: null };

/** What is to be done next about one containment. */
export type Move =
  | { readonly kind: "queue"; readonly call: ContainmentCall }
  | { readonly kind: "send"; readonly call: ContainmentCall }
  | { readonly kind: "drop"; readonly call: ContainmentCall; readonly problem: string }
  | { readonly kind: "record"; readonly step: IncidentTransition }
  | { readonly kind: "follow"; readonly containment: Containment }
  | null;

/** What stands around a containment. */
export interface MoveFacts {
  readonly incident: Incident;
  /** All of its incident. */
  readonly containments: readonly Containment[];
  readonly calls: ReadonlyMap<string, CallProgress>;
  readonly now: number;
}

/** Decides the next move of a containment at an instant (epoch ms); null where there is nothing to do, or not yet. */
export function nextMove(one: Containment, facts: MoveFacts): Move {
  if (isOver(one)) return null;
  const { calls, now } = facts;
  const apply = calls.get(one.apply.callId);
  if (apply === undefined) return { kind: "queue", call: one.apply };
  if (one.undo !== null) return nextOfUndo(one, one.undo, apply, facts);
  const answer = answerOf(one, apply, facts);
  if (answer !== null) return { kind: "record", step: answer };
  const end = endOf(one, facts);
  if (end !== null) return { kind: "record", step: end };
  if (isWaiting(apply)) return apply.notBefore <= now ? { kind: "send", call: one.apply } : null;
  const followAt = (one.acceptedAt ?? now) + (FOLLOW_MS[one.follows] ?? Infinity);
  return now >= followAt ? { kind: "follow", containment: one } : null;
}

function nextOfUndo(one: Containment, call: ContainmentCall, apply: CallProgress, facts: MoveFacts): Move {
  const { incident, calls, now } = facts;
  // What may have arrived is undone all the same; but it must not arrive after its undo.
  if (isWaiting(apply)) return { kind: "drop", call: one.apply, problem: "the containment was undone before" };
  const undo = calls.get(call.callId);
  if (undo === undefined) return { kind: "queue", call };
  if (isWaiting(undo)) return undo.notBefore <= now ? { kind: "send", call } : null;
  const { containmentId, guard } = call;
  const at = undo.changedAt;
  if (undo.state === "sent") {
    const text = `${guard} has undone it at ${clockText(at, now)}: ${askedText(call)}`;
    return { kind: "record", step: noteStep(incident, "undone", PLIMSOLL, at, { containmentId, call: null, text }) };
  }
  const text = `${guard} refused the undo (${undo.problem}): the key may still be contained; undo it at the guard, or ask again`;
  return {
    kind: "record",
    step: noteStep(incident, "undo_refused", PLIMSOLL, at, { containmentId, call: null, text }),
  };
}

/** The step that says what the guard answered, where that is not on file yet. */
function answerOf(one: Containment, apply: CallProgress, { incident, now }: MoveFacts): IncidentTransition | null {
  if (one.answer !== null || isWaiting(apply)) return null;
  const { containmentId, guard } = one.apply;
  const at = apply.changedAt;
  if (apply.state === "sent") {
    const text = `${guard} accepted at ${clockText(at, now)}: ${askedText(one.apply)}, ${untilText(one.apply.until)}`;
    return noteStep(incident, "accepted", PLIMSOLL, at, { containmentId, call: null, text });
  }
  const why = `${guard} refused to ${askedText(one.apply)} (${apply.problem})`;
  // An answer that never came may have been a yes, and so may a 2xx in other words.
  if (apply.attempts > 0 || (apply.status >= 200 && apply.status < 300))
    return requestUndo(incident, one, "refused", PLIMSOLL, at, `${why}, after a try whose outcome is unknown: `);
  return noteStep(incident, "refused", PLIMSOLL, at, {
    containmentId,
    call: null,
    text: `${why}: nothing was contained`,
  });
}

/** The step that ends it by itself, where its time has come. */
function endOf(one: Containment, { incident, containments, now }: MoveFacts): IncidentTransition | null {
  if (now >= one.apply.until) return requestUndo(incident, one, "expired", PLIMSOLL, now);
  if (incident.verdict === "benign") return requestUndo(incident, one, "judged_benign", PLIMSOLL, now);
  const newer = containments.some(
    (other) =>
      other.apply.step > one.apply.step &&
      other.apply.action === one.apply.action &&
      other.answer === "accepted" &&
      isActive(other),
  );
  return newer ? requestUndo(incident, one, "replaced", PLIMSOLL, now) : null;
}

function isWaiting({ state }: CallProgress): boolean {
  return state === "pending" || state === "retrying";
}

import type { ContainmentCall } from "../model/incident/containment.js";
import type { IncidentTransition } from "../model/incident/incident.js";

/** A containment as the steps of its incident tell it; instants are epoch ms. */
export interface Containment {
  readonly apply: ContainmentCall;
  /** Who asked for it. */
  readonly actor: string;
  /** What the guard said to it. */
  readonly answer: "accepted" | "refused" | null;
  readonly acceptedAt: number | null;
  /** How often it was said what it came to. */
  readonly follows: number;
  readonly undo: ContainmentCall | null;
  /** How it ended, once the guard answered to the undo. */
  readonly ended: "undone" | "undo_refused" | null;
}

/** Containments of one incident, the oldest first. Of two steps at one position the first counts. */
export function foldContainments(transitions: readonly IncidentTransition[]): readonly Containment[] {
  const known = new Map<string, Containment>();
  const met = new Set<number>();
  for (const step of transitions.toSorted((a, b) => a.sequence - b.sequence)) {
    const { containment: note, sequence } = step;
    if (note === undefined || met.has(sequence)) continue;
    met.add(sequence);
    const before = known.get(note.containmentId);
    const after = before === undefined ? began(step) : went(before, step);
    if (after !== null) known.set(note.containmentId, after);
  }
  return [...known.values()];
}

function began({ containment, person }: IncidentTransition): Containment | null {
  const apply = containment?.call;
  if (apply?.effect !== "apply") return null;
  const actor = person?.actor ?? "";
  return { apply, actor, answer: null, acceptedAt: null, follows: 0, undo: null, ended: null };
}

function went(one: Containment, { reason, at, containment }: IncidentTransition): Containment {
  const undo = containment?.call?.effect === "undo" ? { undo: containment.call, ended: null } : {};
  switch (reason) {
    case "accepted":
      return { ...one, answer: "accepted", acceptedAt: at };
    case "refused":
      return { ...one, answer: "refused", ...undo };
    case "effective":
    case "not_effective":
    case "not_evaluated":
      return { ...one, follows: one.follows + 1 };
    case "undone":
    case "undo_refused":
      return { ...one, ended: reason };
    default:
      return { ...one, ...undo };
  }
}

/** Whether it holds, or will once the guard answers. */
export function isActive({ answer, undo }: Containment): boolean {
  return undo === null && answer !== "refused";
}

/** Whether nothing is left to be done about it. */
export function isOver({ answer, undo, ended }: Containment): boolean {
  return ended !== null || (answer === "refused" && undo === null);
}

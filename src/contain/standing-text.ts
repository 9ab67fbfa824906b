import type { CallProgress } from "../model/incident/containment.js";
import { countedText } from "../text/amounts.js";
import { isOver, type Containment } from "./fold-containments.js";
import { askedText, untilText } from "./words.js";

/** How far calls got, by id. */
type Calls = ReadonlyMap<string, CallProgress>;

/** How a containment stands that holds, or will once its guard answers; of one that was not accepted yet, why. */
export function inForceText({ apply, actor, answer }: Containment, calls: Calls): string {
  const [state, tried] = answer === null ? ["asked for", triesText(calls.get(apply.callId))] : ["in force", ""];
  return `${state}: ${askedText(apply)} at ${apply.guard}, ${untilText(apply.until)}, by ${actor}${tried}`;
}

/** What a guard was asked to undo and has not: the key may still be contained. Null where nothing is left to be undone. */
export function endingText(one: Containment, calls: Calls): string | null {
  if (one.undo === null || isOver(one)) return null;
  return `to be undone: ${askedText(one.apply)} at ${one.undo.guard}${triesText(calls.get(one.undo.callId))}`;
}

function triesText(progress: CallProgress | undefined): string {
  if (progress === undefined || progress.attempts === 0) return "";
  return `; not accepted after ${countedText(progress.attempts, "try", "tries")}, the last: ${progress.problem}`;
}

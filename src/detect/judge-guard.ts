import type { GuardState } from "../model/coverage.js";
import { countedText } from "../text/amounts.js";
import { spell, type CoverageProblem } from "./coverage-problem.js";

/** Longer than the retries that a hiccup of a guard takes. */
const SILENT_MS = 5 * 60_000;

/**
 * A guard that does not answer, at an instant (epoch ms). On-call believes the key to be contained, or released: that wakes somebody. What a guard
 * refuses is said in its incident at once, and nothing is left to wait for.
 */
export function judgeGuard(
  { guard, waiting, waitingUndos, oldestAt, waitingProblem }: GuardState,
  now: number,
): CoverageProblem[] {
  if (oldestAt === null || now - oldestAt < SILENT_MS) return [];
  const applies = waiting - waitingUndos;
  const parts = [
    ...(applies > 0 ? [`${countedText(applies, "containment is", "containments are")} not in force`] : []),
    ...(waitingUndos > 0 ? [`${countedText(waitingUndos, "key", "keys")} may still be contained after the undo`] : []),
  ];
  const why = waitingProblem === "" ? "" : ` (${waitingProblem})`;
  return [
    {
      cause: "delivery",
      subject: { kind: "part", part: `guard/${guard}` },
      severity: "error",
      since: oldestAt,
      summary: `Guard ${guard} has not answered for ${spell(now - oldestAt)}: ${parts.join("; ")}${why}`,
      whatToDo: `Restore ${guard}, or correct it in PLIMSOLL_GUARDS; until then act at the guard itself. Each call is retried until it answers.`,
    },
  ];
}

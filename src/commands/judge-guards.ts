import type { Config } from "../config.js";
import { spell } from "../detect/coverage-problem.js";
import { LATE_PAGE_MS, type GuardState } from "../model/coverage.js";
import { countedText } from "../text/amounts.js";
import { ok, warn, type Diagnosis } from "./diagnosis.js";

/** What is set for what guards keys: nothing is sent for it. */
export function judgeGuards({ PLIMSOLL_GUARDS: guards }: Config): readonly Diagnosis[] {
  return [...guards.values()].flatMap(({ name, type, actions, doubts }) =>
    doubts.length === 0
      ? [ok(`guard ${name}`, `${type}, ${actions.join(", ")}`)]
      : doubts.map((doubt) => warn(`guard ${name}`, doubt, `correct ${name} in PLIMSOLL_GUARDS`)),
  );
}

/** Whether guards answer; `now` is epoch ms. */
export function judgeGuardCalls(states: readonly GuardState[], now: number): readonly Diagnosis[] {
  return states.flatMap(({ guard, waiting, oldestAt, waitingProblem, failed, problem }) => {
    const isLate = oldestAt !== null && (waitingProblem !== "" || now - oldestAt > LATE_PAGE_MS);
    const parts = [
      ...(isLate
        ? [
            `${countedText(waiting, "call waits", "calls wait")}, the oldest for ${spell(now - oldestAt)}${waitingProblem === "" ? "" : `: ${waitingProblem}`}`,
          ]
        : []),
      ...(failed > 0 ? [`${countedText(failed, "call was", "calls were")} refused within a day: ${problem}`] : []),
    ];
    const fix = `restore ${guard}, or correct it in PLIMSOLL_GUARDS; a call is retried until the guard answers, what it refused is not`;
    return parts.length === 0 ? [] : [warn(`calls to guard ${guard}`, parts.join("; "), fix)];
  });
}

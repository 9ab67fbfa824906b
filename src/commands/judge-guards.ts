import type { Config } from "../config.js";
import { spell } from "../detect/coverage-problem.js";
import { LATE_PAGE_MS, type GuardState } from "../model/coverage.js";
import { groupBy } from "../model/group-by.js";
import type { KeyVersion } from "../model/key/key.js";
import { countedText } from "../text/amounts.js";
import { nearestName } from "../text/nearest-name.js";
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

/** Keys that are named for a guard that is missing. */
const NAMED = 5;

/** Guards that keys name and nobody set: such keys cannot be contained, which shows only once one has to be. */
export function judgeKeyGuards(
  keys: readonly Pick<KeyVersion, "keyId" | "guard">[],
  { PLIMSOLL_GUARDS: guards }: Pick<Config, "PLIMSOLL_GUARDS">,
): readonly Diagnosis[] {
  const missing = keys.filter(({ guard }) => guard !== "" && !guards.has(guard));
  return [...groupBy(missing, ({ guard }) => guard)].map(([guard, own]) => {
    const ids = [...new Set(own.map(({ keyId }) => keyId))];
    const more = ids.length > NAMED ? `, and ${ids.length - NAMED} more` : "";
    const meant = nearestName(guard, [...guards.keys()]);
    const found = `not in PLIMSOLL_GUARDS: ${countedText(ids.length, "key")} cannot be contained (${ids.slice(0, NAMED).join(", ")}${more})`;
    const fix = `add ${guard} there, or correct the field guard of ${ids.length === 1 ? "this key" : "these keys"}${meant === null ? "" : `: ${meant}?`}`;
    return warn(`guard ${guard}`, found, fix);
  });
}

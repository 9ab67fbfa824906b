import type { Config } from "../config.js";
import { spell } from "../detect/coverage-problem.js";
import { LATE_PAGE_MS, type GuardState } from "../model/coverage.js";
import { groupBy } from "../model/group-by.js";
import type { Asked } from "../guard/define-target.js";
import type { ContainmentAction } from "../model/incident/containment.js";
import { countedText } from "../text/amounts.js";
import { nearestName } from "../text/nearest-name.js";
import { ok, warn, type Diagnosis } from "./diagnosis.js";
import { judgeSharedRefs, type GuardedKey } from "./judge-guard-refs.js";

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

/** Keys that are named of those that cannot be contained. */
const NAMED = 5;

/** Guards that keys name and nobody set, or that cannot be asked by the guard_ref they have: such keys cannot be contained, or not alone, which shows only once one has to be. `others`: further keys of the registry. */
export function judgeKeyGuards(
  keys: readonly GuardedKey[],
  config: Pick<Config, "PLIMSOLL_GUARDS">,
  others: readonly GuardedKey[] = [],
): readonly Diagnosis[] {
  return [...missingGuards(keys, config), ...unusableRefs(keys, config), ...judgeSharedRefs(keys, others, config)];
}

/** Keys of which no guard can make anything, by why. */
function unusableRefs(
  keys: readonly GuardedKey[],
  { PLIMSOLL_GUARDS: guards }: Pick<Config, "PLIMSOLL_GUARDS">,
): readonly Diagnosis[] {
  const unusable = keys.flatMap((key) => {
    const guard = guards.get(key.guard);
    const problem = guard === undefined ? null : guard.problemOf(trialOf(key, guard.actions[0]!));
    return problem === null ? [] : [{ ...key, problem }];
  });
  return [...groupBy(unusable, ({ guard, problem }) => `${guard} ${problem}`).values()].map((own) => {
    const [{ guard, problem }] = own as [(typeof own)[0]];
    const found = `${countedText(own.length, "key")} cannot be contained (${namesOf(own.map(({ keyId }) => keyId))}): ${problem}`;
    return warn(
      `guard ${guard}`,
      found,
      `correct the field guard_ref of ${own.length === 1 ? "this key" : "these keys"}`,
    );
  });
}

/** A call that is never sent: as a key would be contained. */
function trialOf({ keyId, guard, guardRef }: GuardedKey, action: ContainmentAction): Asked {
  const names = { callId: "trial", containmentId: "trial", incidentId: "trial" };
  const when = { until: 0, step: 0, at: 0 };
  const desired = {
    networks: action === "deny_networks" ? ["192.0.2.1"] : [],
    limitPerMinute: action === "throttle" ? 1 : null,
  };
  const call = {
    ...names,
    ...when,
    ...desired,
    keyId,
    guard,
    guardRef: guardRef || keyId,
    effect: "apply",
    action,
  } as const;
  return { call, desired };
}

const namesOf = (ids: readonly string[]) =>
  `${ids.slice(0, NAMED).join(", ")}${ids.length > NAMED ? `, and ${ids.length - NAMED} more` : ""}`;

function missingGuards(
  keys: readonly GuardedKey[],
  { PLIMSOLL_GUARDS: guards }: Pick<Config, "PLIMSOLL_GUARDS">,
): readonly Diagnosis[] {
  const missing = keys.filter(({ guard }) => guard !== "" && !guards.has(guard));
  return [...groupBy(missing, ({ guard }) => guard)].map(([guard, own]) => {
    const ids = [...new Set(own.map(({ keyId }) => keyId))];
    const meant = nearestName(guard, [...guards.keys()]);
    const found = `not in PLIMSOLL_GUARDS: ${countedText(ids.length, "key")} cannot be contained (${namesOf(ids)})`;
    const fix = `add ${guard} there, or correct the field guard of ${ids.length === 1 ? "this key" : "these keys"}${meant === null ? "" : `: ${meant}?`}`;
    return warn(`guard ${guard}`, found, fix);
  });
}

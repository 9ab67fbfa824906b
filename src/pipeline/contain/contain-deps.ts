import type { Guard } from "../../guard/parse-guards.js";
import type { CallProgress, ContainmentCall } from "../../model/incident/containment.js";
import type { AdvanceDeps } from "../incident/record-step.js";

/** What containment works with. */
export interface ContainDeps extends AdvanceDeps {
  /** What guards keys under a name; undefined where there is none. Asked for each call. */
  readonly guardOf: (name: string) => Guard | undefined;
  /** Told of what became of each call that was tried, once that is on file. */
  readonly onTried?: (call: ContainmentCall, state: CallProgress["state"], problem: string) => void;
  /** How long a guard may take to answer; ten seconds unless a test says otherwise. */
  readonly timeoutMs?: number;
}

/** Why a guard that a key names cannot be asked. */
export function missingGuardText(name: string): string {
  return `there is no guard ${name} in PLIMSOLL_GUARDS: add it there, or correct the field guard of the key's entry`;
}

import type { ContainmentCall } from "../model/incident/containment.js";

/** Of one action on one key, all that is to hold after a call: for guards that keep one rule and not a list of them. Null: nothing. */
export interface DesiredState {
  readonly networks: readonly string[];
  readonly limitPerMinute: number | null;
}

/** What is to hold of an action after the calls that were asked for: those that are not undone, together. */
export function desiredState(
  active: readonly Pick<ContainmentCall, "networks" | "limitPerMinute">[],
): DesiredState | null {
  if (active.length === 0) return null;
  const limits = active.flatMap(({ limitPerMinute }) => (limitPerMinute === null ? [] : [limitPerMinute]));
  return {
    networks: [...new Set(active.flatMap(({ networks }) => networks))].toSorted(),
    limitPerMinute: limits.length === 0 ? null : Math.min(...limits),
  };
}

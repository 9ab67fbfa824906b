import type { Baseline } from "../model/baseline.js";

/** Keys to which things stay new for longer than a week, and by how many days. */
export interface HeldKeys {
  readonly keys: readonly string[];
  readonly days: readonly number[];
}

/** Keys whose networks did not age on some days, from the snapshots that are in force. */
export function heldKeys(baselines: readonly Pick<Baseline, "keyId" | "heldDays">[]): HeldKeys {
  const held = new Map<string, number>();
  for (const { keyId, heldDays } of baselines) {
    if (heldDays.length > 0) held.set(keyId, Math.max(held.get(keyId) ?? 0, heldDays.length));
  }
  return { keys: [...held.keys()], days: [...held.values()] };
}

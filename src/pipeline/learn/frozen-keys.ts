import type { Lineages } from "../../model/key/lineage.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { HeldDays } from "../../store/learn/held-days.js";
import { inheritSnapshot } from "./inherit-snapshot.js";
import { indexBySubject } from "../../model/subject.js";

/** Keys to which things stay new for longer than a week, and by how many days. */
export interface HeldKeys {
  readonly keys: readonly string[];
  readonly days: readonly number[];
}

/** Keys whose networks did not age on some days, from the snapshots that are in force: their own, or those of what they succeed. */
export function heldKeys(snapshots: readonly HeldDays[], lineages: Lineages): HeldKeys {
  const held = new Map<string, number>();
  const hold = (keyId: string, { frozenDays }: { readonly frozenDays: number }) => {
    if (frozenDays > 0) held.set(keyId, Math.max(held.get(keyId) ?? 0, frozenDays));
  };
  for (const snapshot of snapshots) hold(snapshot.keyId, snapshot);
  // Until when a key is under suspicion does not count here.
  const byName = indexBySubject(snapshots.map((snapshot) => ({ ...snapshot, suspectUntil: 0 })));
  for (const heir of lineages.keys()) {
    for (const observer of OBSERVERS) {
      const inForce = inheritSnapshot(lineages, `${observer} ${heir}`, byName);
      if (inForce !== undefined) hold(heir, inForce);
    }
  }
  return { keys: [...held.keys()], days: [...held.values()] };
}

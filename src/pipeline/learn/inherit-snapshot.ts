import type { Baseline } from "../../model/finding/baseline.js";
import { nearest, type Lineages } from "../../model/key/lineage.js";

/** As much of a snapshot, or of what it says of an hour, as decides whether it is passed on; held days are counted or named. */
export interface Inheritable extends Pick<Baseline, "flat" | "suspectUntil"> {
  readonly weekly: { readonly length: number };
  readonly daily: { readonly length: number };
  readonly frozenDays: number | readonly string[];
}

/**
 * What is usual for a subject: its own snapshot, or, while that expects nothing yet, the one of the nearest key that it succeeds;
 * suspicion of either stays.
 */
export function inheritSnapshot<Snapshot extends Inheritable>(
  lineages: Lineages,
  name: string,
  snapshots: Pick<ReadonlyMap<string, Snapshot>, "get">,
): Snapshot | undefined {
  const own = snapshots.get(name);
  const found = nearest(lineages, name, (one) => {
    const snapshot = snapshots.get(one);
    return snapshot !== undefined && expectsAnything(snapshot) ? snapshot : undefined;
  });
  if (found === undefined || own === undefined || found === own) return found ?? own;
  return {
    ...found,
    suspectUntil: Math.max(found.suspectUntil, own.suspectUntil),
    frozenDays: countOf(own.frozenDays) > countOf(found.frozenDays) ? own.frozenDays : found.frozenDays,
  };
}

const expectsAnything = ({ weekly, daily, flat }: Inheritable) => weekly.length > 0 || daily.length > 0 || flat >= 0;
const countOf = (held: Inheritable["frozenDays"]) => (typeof held === "number" ? held : held.length);

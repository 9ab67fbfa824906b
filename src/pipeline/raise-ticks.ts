import { GroupSums, surgeOf } from "../detect/group-sums.js";
import type { KeyTick } from "../detect/measure.js";
import type { Baseline } from "../model/baseline.js";
import type { KeyVersion } from "../model/key.js";
import { groupsOf } from "../model/key-group.js";
import type { UsageWindows } from "../store/usage.js";
import { raiseTick } from "./replay-day.js";
import { subjectKey } from "./subject-key.js";
import { addToGroups } from "./sum-groups.js";

/** A key's usage before a tick, and the figures that it is judged on. */
export interface JudgedRow {
  readonly row: UsageWindows;
  readonly tick: KeyTick;
}

/** Ticks of all keys with what their groups share taken for expected, and the sums of the groups at each tick. */
export function raiseTicks(
  ticks: readonly JudgedRow[],
  of: { readonly keys: ReadonlyMap<string, KeyVersion>; readonly baselines: ReadonlyMap<string, Baseline> },
): { readonly judged: readonly JudgedRow[]; readonly sumsAt: ReadonlyMap<number, GroupSums> } {
  const baselineOf = (row: UsageWindows) => of.baselines.get(subjectKey(row)) ?? null;
  const groupsOfRow = (row: UsageWindows) => groupsOf(of.keys.get(row.keyId), row.observedBy);
  const sumsAt = new Map<number, GroupSums>();
  for (const { row, tick } of ticks) {
    let sums = sumsAt.get(row.tick);
    if (sums === undefined) sumsAt.set(row.tick, (sums = new GroupSums()));
    addToGroups(sums, groupsOfRow(row), tick, baselineOf(row), row.tick);
  }
  const judged = ticks.map(({ row, tick }): JudgedRow => {
    const sums = sumsAt.get(row.tick)!;
    const surge = surgeOf(groupsOfRow(row).map((group) => sums.of(group)));
    return { row, tick: raiseTick(tick, baselineOf(row), surge) };
  });
  return { judged, sumsAt };
}

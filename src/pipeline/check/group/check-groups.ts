import { judgeGroup } from "../../../detect/judge-group.js";
import { HISTORY_DAYS, RESIDUAL_LAG_DAYS, type BinHistory } from "../../../detect/surprise.js";
import type { GroupSums } from "../../../detect/group-sums.js";
import type { Thresholds } from "../../../detect/threshold.js";
import type { GroupBaseline } from "../../../model/finding/group-baseline.js";
import { groupKey, parseGroup } from "../../../model/key/key-group.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { Store } from "../../../store/store.js";
import { groupTick } from "../../../detect/sum-groups.js";
import { writeGroupFinding, type MemberTick } from "./write-group-finding.js";

/** The kindest history: only what would be news under it needs the group's own. */
const CLEAN: Pick<BinHistory, "days"> = {
  days: Array.from({ length: HISTORY_DAYS }, (_, i) => ({ daysAgo: RESIDUAL_LAG_DAYS + i, bins: [] })),
};

/**
 * Judges what groups of keys did together at the ticks of a span: a rise that is within every key's own noise may be far beyond
 * that of their sum.
 */
export async function checkGroups(
  of: {
    readonly store: Store;
    readonly limits: Thresholds;
    readonly day: string;
    readonly asOf: number;
    readonly baselines: readonly GroupBaseline[];
  },
  sumsAt: ReadonlyMap<number, GroupSums>,
  membersOf: (group: string, at: number) => readonly MemberTick[],
): Promise<Finding[]> {
  const baselineOf = new Map(of.baselines.map((group) => [groupKey(group), group]));
  const candidates = [...sumsAt].flatMap(([at, sums]) =>
    sums.names().flatMap((name) => {
      // A group that was never learned has no noise of its own yet.
      const baseline = baselineOf.get(name);
      const figures = baseline === undefined ? null : groupTick(sums.of(name), baseline);
      return figures !== null && judgeGroup(figures, CLEAN, of.limits).severity !== null ? [{ at, name, figures }] : [];
    }),
  );
  if (candidates.length === 0) return [];
  const names = [...new Set(candidates.map(({ name }) => parseGroup(name).name))];
  const bins = await of.store.learn.readGroupBins(of.day, names, of.asOf);
  return candidates.flatMap(({ at, name, figures }) => {
    const days = bins.filter((row) => groupKey(row) === name);
    const verdict = judgeGroup(figures, { days }, of.limits);
    if (verdict.severity === null) return [];
    const members = membersOf(name, at);
    const { asOf, limits } = of;
    return [writeGroupFinding({ group: parseGroup(name), tick: at, asOf, verdict, limits, figures, members })];
  });
}

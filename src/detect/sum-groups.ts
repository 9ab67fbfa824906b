import { NO_REFUSALS } from "../model/finding/refusals.js";
import type { GroupSums, GroupWindows, MemberWindows } from "./group-sums.js";
import { familiarRequests, familiarSpend } from "./familiar.js";
import { RESIDUALS_FROM_AGE_DAYS, type KeyTick } from "./measure.js";
import { withNoise } from "../model/finding/baseline.js";
import type { GroupBaseline } from "../model/finding/group-baseline.js";
import { NO_NOVEL_TRAFFIC } from "../model/finding/novelty.js";

/** A group of fewer keys than this is no more than its keys. */
const LEAST_MEMBERS = 3;
/** Groups do not age: their residuals say something from their first day on. */
const AGE_DAYS = RESIDUALS_FROM_AGE_DAYS;

/** Takes a key's tick into the sums of its groups. */
export function addToGroups(
  sums: GroupSums,
  groups: readonly string[],
  tick: Omit<KeyTick, "churn">,
  suspectUntil: number,
  at: number,
): void {
  const member = memberOf(tick, suspectUntil, at);
  if (member !== null) sums.add(groups, member);
}

/** What a key's tick adds to its groups; null unless the key is old enough to be expected anything, and above suspicion (epoch ms; Infinity without a baseline). */
export function memberOf(tick: Omit<KeyTick, "churn">, suspectUntil: number, at: number): MemberWindows | null {
  if (tick.expectation === null || tick.ageDays < RESIDUALS_FROM_AGE_DAYS || suspectUntil >= at) return null;
  const { spendPerRequest } = tick;
  // What comes from foreign networks is the key's own news.
  const spend = spendPerRequest > 0 ? familiarSpend(tick) : null;
  return {
    familiar: familiarRequests(tick),
    expected: tick.expectation.requests,
    costEquivalents:
      spend === null
        ? null
        : [
            spend[0] / spendPerRequest,
            spend[1] / spendPerRequest,
            spend[2] / spendPerRequest,
            spend[3] / spendPerRequest,
          ],
  };
}

/** A group as if it were one key: it has residuals of rate and spend, and nothing else. Null when it is too small. */
export function groupTick(windows: GroupWindows | null, baseline: Pick<GroupBaseline, "noise">): KeyTick | null {
  if (windows === null || windows.members < LEAST_MEMBERS) return null;
  return {
    requests: windows.requests,
    spendMicros: windows.costEquivalents,
    novel: NO_NOVEL_TRAFFIC,
    expectation: withNoise(windows.expected, baseline.noise),
    churn: [],
    spendPerRequest: windows.costEquivalents[3] > 0 ? 1 : 0,
    ageDays: AGE_DAYS,
    isPlaced: true,
    floors: null,
    currentShare: 0,
    refusals: NO_REFUSALS,
  };
}

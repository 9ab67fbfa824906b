import type {
  OutsideAllowedStatistics,
  OwnStatistics,
  PublicKeyStatistics,
  RevokedUseStatistics,
  RotationStatistics,
  RuleStatistics,
  ScopeStatistics,
  StaleCallersStatistics,
} from "./fact-statistics.js";
import type { LeakStatistics } from "./leak-statistics.js";
import { unexpectedCost } from "./since-onset.js";

/** Everything that a verdict was computed from, by its cause. */
export interface StatisticsByCause {
  readonly leak: LeakStatistics;
  readonly rule: RuleStatistics;
  readonly outside_allowed: OutsideAllowedStatistics;
  readonly revoked_use: RevokedUseStatistics;
  readonly stale_callers: StaleCallersStatistics;
  readonly public_key: PublicKeyStatistics;
  readonly rotation_due: RotationStatistics;
  readonly scope: ScopeStatistics;
  readonly coverage: OwnStatistics;
  readonly delivery: OwnStatistics;
}

/** A cause, and the statistics that go with it. */
export type FindingFacts<Of extends keyof StatisticsByCause = keyof StatisticsByCause> = {
  [One in Of]: { readonly cause: One; readonly statistics: StatisticsByCause[One] };
}[Of];

/** Statistics as the database holds them. */
export function printStatistics({ statistics }: FindingFacts): string {
  return JSON.stringify(statistics);
}

/** The way back: what the checks of that cause wrote. */
export function parseStatistics(cause: keyof StatisticsByCause, text: string): FindingFacts {
  return { cause, statistics: JSON.parse(text) as unknown } as FindingFacts;
}

/** Cost beyond what was expected, in millionths of a dollar; 0 where a finding tells no cost. */
export function costOf({ cause, statistics }: FindingFacts): number {
  if (cause === "leak") return unexpectedCost(statistics.since_onset);
  return "spend_micros" in statistics ? statistics.spend_micros : 0;
}

/** Keys that a finding is about, where it is about several that were used from one network. */
export function keysOf({ cause, statistics }: FindingFacts): string[] {
  return cause === "leak" && "network" in statistics ? statistics.keys.map(({ key_id: keyId }) => keyId) : [];
}

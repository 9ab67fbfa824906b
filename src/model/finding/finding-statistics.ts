import type { Finding } from "./finding.js";
import { unexpectedCost, type SinceOnset } from "./since-onset.js";

/** What a finding says in the terms that incidents are led by. */
export interface FindingStatistics {
  readonly since_onset?: SinceOnset;
  readonly spend_micros?: number;
  /** Index of the window that decided. */
  readonly window?: number;
  readonly novel?: Readonly<Record<string, { readonly requests: readonly number[] }>>;
  readonly network?: string;
  /** The rule that a finding is told of, and the others that are told of the same key at that tick. */
  readonly rule?: string;
  readonly also?: readonly string[];
  readonly keys?: readonly { readonly key_id: string }[];
}

/** The statistics of a finding, as checks write them. */
export function statisticsOf(finding: Pick<Finding, "statistics">): FindingStatistics {
  return finding.statistics;
}

/** Cost beyond what was expected, in millionths of a dollar; 0 where a finding tells no cost. */
export function costOf(finding: Pick<Finding, "statistics">): number {
  const { since_onset: since, spend_micros: spend } = statisticsOf(finding);
  if (since === undefined) return typeof spend === "number" ? spend : 0;
  return unexpectedCost(since);
}

/** Keys that a finding is about, where it is about several. */
export function keysOf(finding: Finding): string[] {
  const { network, keys = [] } = statisticsOf(finding);
  return network === undefined ? [] : keys.map(({ key_id: keyId }) => keyId);
}

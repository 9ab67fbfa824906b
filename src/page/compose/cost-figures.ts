import type { Finding } from "../../model/finding/finding.js";
import { costOf } from "../../model/finding/finding-statistics.js";
import { nextBusinessMorning } from "../../time/business-morning.js";
import { HOUR_MS } from "../../time/day.js";
import { stateOf } from "./activity-text.js";

/** What something costs beyond what was expected, in millionths of a dollar. */
export interface CostFigures {
  /** Since the onset. */
  readonly soFarMicros: number;
  /** In an hour, at the pace that it has, or had when it ended or paused. */
  readonly perHourMicros: number;
  /** Whether it goes on; null where nobody can say. */
  readonly state: ReturnType<typeof stateOf>;
}

/** The cost of what a finding is about; null where neither events nor the registry say what a request costs. */
export function costFigures(finding: Finding): CostFigures | null {
  const { cause, statistics, onset, tick } = finding;
  const soFarMicros = costOf(finding);
  const isPriced =
    cause === "leak"
      ? statistics.since_onset.spend_micros > 0 ||
        ("spend_per_request" in statistics && statistics.spend_per_request > 0)
      : soFarMicros > 0;
  if (!isPriced) return null;
  const hours = Math.max((tick - onset) / HOUR_MS, 1 / 60);
  const untilMorning = (nextBusinessMorning(tick) - tick) / HOUR_MS;
  const perHourMicros = "at_risk_micros" in statistics ? statistics.at_risk_micros / untilMorning : soFarMicros / hours;
  return { soFarMicros, perHourMicros, state: stateOf(finding) };
}

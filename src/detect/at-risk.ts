import type { Severity } from "../model/incident/page.js";
import { nextBusinessMorning } from "../time/business-morning.js";
import { HOUR_MS } from "../time/day.js";

/** What so much money is at stake for is critical, however sure it is. */
const CRITICAL_MICROS = 1_000_000_000;

/** Millionths of a dollar that are lost between a tick and the next business morning if it goes on as since its onset (epoch ms). */
export function costAtRisk(costMicros: number, onset: number, tick: number): number {
  const hours = Math.max((tick - onset) / HOUR_MS, 1 / 60);
  return Math.round(((costMicros / hours) * (nextBusinessMorning(tick) - tick)) / HOUR_MS);
}

/** Severity by certainty and by what is at stake: money makes a page critical, and never a page of what is none. */
export function severityAtRisk(severity: Severity, atRiskMicros: number): Severity {
  return severity === "error" && atRiskMicros >= CRITICAL_MICROS ? "critical" : severity;
}

import type { Cause, Finding } from "../model/finding/finding.js";
import type { Incident, Loss } from "../model/incident/incident.js";
import { costOf } from "../model/finding/finding-statistics.js";
import { MINUTE_MS } from "../time/day.js";

/** Below ten dollars a factor of ten wakes nobody. */
const LEAST_COST_MICROS = 10_000_000;
/** What somebody does to a key, from a first request on. A rule speaks of its own span, an audit of its day, and an outage of itself. */
const GOES_ON: ReadonlySet<Cause> = new Set<Cause>(["leak", "outside_allowed", "revoked_use", "stale_callers"]);

/**
 * Whether an incident's findings are told since its first onset: a check looks back a day, and a theft may have begun before. What a provider
 * reports and nobody here made is told by the day that the report covers.
 */
export function goesOnSinceOnset({ cause, signals }: Pick<Finding, "cause" | "signals">): boolean {
  return GOES_ON.has(cause) && signals.every(({ name }) => name !== "unaccounted");
}

/** Since when an incident goes on (epoch ms), with one more finding. */
export function firstOnset({ onsetAt }: Pick<Incident, "onsetAt">, finding: Finding): number {
  return goesOnSinceOnset(finding) ? Math.min(onsetAt, finding.onset) : finding.onset;
}

/**
 * What an incident has cost with one more finding. One that looks back to the first onset tells all of it. Else it tells the cost of a span that overlaps the
 * one before: of it counts what came since then, by its share of the span: nothing, where nobody was seen since then.
 */
export function nextLoss(incident: Pick<Incident, "loss" | "onsetAt"> | null, finding: Finding): Loss {
  const { onset, tick } = finding;
  const cost = costOf(finding);
  if (incident === null || !goesOnSinceOnset(finding)) return { micros: cost, until: tick };
  const { micros, until } = incident.loss;
  if (onset <= incident.onsetAt) return { micros: Math.max(cost, micros), until: Math.max(until, tick) };
  const isNew = Math.max(0, seenUntil(finding) - Math.max(onset, until)) / Math.max(1, tick - onset);
  return { micros: Math.max(cost, Math.round(micros + cost * isNew)), until: Math.max(until, tick) };
}

/** Until when a finding saw what it is about, epoch ms. */
function seenUntil({ tick, cause, statistics }: Finding): number {
  const lastAt = cause === "leak" ? statistics.activity?.last_at : undefined;
  return lastAt === undefined || lastAt === null ? tick : Math.min(tick, Date.parse(lastAt) + MINUTE_MS);
}

/** Whether a cost is ten times what on-call was last told, both in millionths of a dollar. */
export function isTenfold(costMicros: number, toldMicros: number): boolean {
  return costMicros >= 10 * Math.max(toldMicros, LEAST_COST_MICROS / 10);
}

import { goesOnSinceOnset } from "../../incident/first-onset.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Incident, IncidentTransition } from "../../model/incident/incident.js";
import type { CheckStore } from "../../store/check/check-store.js";
import { chooseEarlier, joinFindings } from "../../incident/join-findings.js";

/** What of an incident says since when its findings are told. */
export type IncidentSpan = Pick<Incident, "cause" | "keyId" | "subject" | "openedAt" | "onsetAt">;

/** The span of an incident as of a step of it. */
export function spanAfter(transition: IncidentTransition, before: Incident | null): IncidentSpan {
  const openedAt = before?.incidentId === transition.incidentId ? before.openedAt : transition.at;
  return { ...transition, openedAt };
}

/**
 * A finding as its incident tells it, since the first onset: a check looks back a day, and what went on before is in the findings of
 * that time. Where these cannot be read it stays as the check wrote it, for a page must go.
 */
export async function wholeFinding(
  store: { readonly check: Pick<CheckStore, "readFindingSpans" | "readFindings"> },
  { cause, keyId, subject, openedAt, onsetAt }: IncidentSpan,
  finding: Finding,
): Promise<Finding> {
  if (!goesOnSinceOnset(finding) || onsetAt >= finding.onset) return finding;
  const wish = { cause, keyId, subject, from: openedAt, to: finding.tick - 1000 };
  try {
    const spans = await store.check.readFindingSpans(wish, subject === null ? finding.observedBy : null);
    const ticks = chooseEarlier(finding, spans).map(({ tick }) => tick);
    if (ticks.length === 0) return joinFindings(finding, [], onsetAt);
    const earlier = await store.check.readFindings({ ...wish, to: finding.tick, ticks, most: PER_TICK * ticks.length });
    const ofSame = earlier.filter(({ observedBy }) => subject !== null || observedBy === finding.observedBy);
    return joinFindings(finding, ofSame, onsetAt);
  } catch {
    return finding;
  }
}

/** Of one subject and tick there is a finding for each that saw the requests. */
const PER_TICK = 3;

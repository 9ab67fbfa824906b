import type { Finding } from "../model/finding/finding.js";
import { subjectOf } from "../model/finding/finding-subject.js";
import type { Incident, IncidentTransition } from "../model/incident/incident.js";
import { isCovered } from "./weigh-evidence.js";
import { advance } from "./fold-incident.js";
import { onFinding, onFold, onTick, REOPEN_MS } from "./next-transition.js";

/** A transition with what it came from: the incident before it (null when it opens) and the finding behind it, if any. */
export interface IncidentStep {
  readonly transition: IncidentTransition;
  readonly before: Incident | null;
  readonly finding: Finding | null;
}

/** The newest incident of each cause and subject, open or over for less than a week: see incidentsBySubject. */
export type Incidents = ReadonlyMap<string, Incident>;

/** Incidents by cause and subject, of several the newest. */
export function incidentsBySubject(incidents: readonly Incident[]): Incidents {
  return new Map(incidents.toSorted((a, b) => a.openedAt - b.openedAt).map((one) => [subjectKeyOf(one), one]));
}

/**
 * What findings and the passing of time, tick by tick (epoch ms, any order), do to the incidents: the steps in time order, and the
 * incidents after them. A span of ticks gives the same as each tick alone, one after the other. For an incident that could not be looked at no time
 * passes: that nothing was found of it means nothing.
 */
export function stepIncidents(
  incidents: Incidents,
  findings: readonly Finding[],
  ticks: readonly number[],
  isLookedAt: (incident: Incident) => boolean = () => true,
): { readonly steps: readonly IncidentStep[]; readonly incidents: Incidents } {
  const now = new Map(incidents);
  const steps: IncidentStep[] = [];
  const take = (transition: IncidentTransition | null, before: Incident | null, finding: Finding | null) => {
    const lastFindingAt = Math.max(before?.lastFindingAt ?? 0, finding?.tick ?? 0);
    if (transition !== null) {
      steps.push({ transition, before, finding });
      now.set(subjectKeyOf(transition), advance(before, transition, lastFindingAt));
    } else if (before !== null && finding !== null) now.set(subjectKeyOf(before), { ...before, lastFindingAt });
  };
  const passing = new Set(ticks);
  const inOrder = findings.toSorted(bySharedFirst);
  for (const tick of [...new Set([...findings.map((one) => one.tick), ...ticks])].toSorted((a, b) => a - b)) {
    for (const finding of inOrder.filter((one) => one.tick === tick)) {
      const shared = sharedIncidents(now);
      if (shared.some((one) => isCovered(finding, one))) fold(finding, shared);
      else
        take(
          onFinding(now.get(subjectKeyOf(finding)) ?? null, finding),
          now.get(subjectKeyOf(finding)) ?? null,
          finding,
        );
    }
    if (!passing.has(tick)) continue;
    for (const before of [...now.values()].filter(isLookedAt).toSorted(byText((one) => one.incidentId))) {
      take(onTick(before, tick), before, null);
      if (!before.open && tick - before.changedAt > REOPEN_MS) now.delete(subjectKeyOf(before));
    }
  }
  return { steps, incidents: now };

  /** What is told as part of a shared incident ends the key's own; it neither opens one nor keeps one open. */
  function fold(finding: Finding, shared: readonly Incident[]): void {
    const own = now.get(subjectKeyOf(finding));
    const into = shared.find((one) => isCovered(finding, one));
    if (own?.open === true && into !== undefined && finding.tick >= own.openedAt)
      take(onFold(own, into.incidentId, finding.tick), own, null);
  }
}

function sharedIncidents(incidents: Incidents): Incident[] {
  return [...incidents.values()].filter((one) => one.open && (one.keys.length > 0 || one.subject?.kind === "fleet"));
}

const subjectKeyOf = (one: Pick<Finding, "cause" | "keyId" | "subject">) => `${one.cause} ${subjectOf(one)}`;

/** Findings about several keys go first: what they say of a key need not be said of it alone. */
function bySharedFirst(a: Finding, b: Finding): number {
  const shared = (one: Finding) => Number(one.subject === null);
  return shared(a) - shared(b) || byText((one: Finding) => one.findingId)(a, b);
}

function byText<Item>(textOf: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => Number(textOf(a) > textOf(b)) - Number(textOf(a) < textOf(b));
}

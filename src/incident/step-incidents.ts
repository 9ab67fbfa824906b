import type { Finding } from "../model/finding.js";
import type { Incident, IncidentTransition } from "../model/incident.js";
import { advance, onFinding, onTick } from "./next-transition.js";

/** A transition with what it came from: the incident before it (null when it opens) and the finding behind it, if any. */
export interface IncidentStep {
  readonly transition: IncidentTransition;
  readonly before: Incident | null;
  readonly finding: Finding | null;
}

/** Incidents that are open, by cause and key: see openIncidents. */
export type OpenIncidents = ReadonlyMap<string, Incident>;

/** Incidents by cause and key. */
export function openIncidents(incidents: readonly Incident[]): OpenIncidents {
  return new Map(incidents.filter(({ open }) => open).map((incident) => [subjectOf(incident), incident]));
}

/**
 * What findings and the passing of time, tick by tick (epoch ms, any order), do to the open incidents: the steps in time order, and
 * what is open after them. A span of ticks gives the same as each tick alone, one after the other.
 */
export function stepIncidents(
  open: OpenIncidents,
  findings: readonly Finding[],
  ticks: readonly number[],
): { readonly steps: readonly IncidentStep[]; readonly open: OpenIncidents } {
  const now = new Map(open);
  const steps: IncidentStep[] = [];
  const inOrder = findings.toSorted(byText((finding) => finding.findingId));
  const passing = new Set(ticks);
  for (const tick of [...new Set([...findings.map((one) => one.tick), ...ticks])].toSorted((a, b) => a - b)) {
    for (const finding of inOrder.filter((one) => one.tick === tick)) {
      const subject = subjectOf(finding);
      const before = now.get(subject) ?? null;
      const transition = onFinding(before, finding);
      const lastFindingAt = Math.max(before?.lastFindingAt ?? 0, finding.tick);
      if (transition !== null) steps.push({ transition, before, finding });
      if (transition !== null) now.set(subject, advance(before, transition, lastFindingAt));
      else if (before !== null) now.set(subject, { ...before, lastFindingAt });
    }
    if (!passing.has(tick)) continue;
    for (const before of [...now.values()].toSorted(byText((one) => one.incidentId))) {
      const transition = onTick(before, tick);
      if (transition === null) continue;
      steps.push({ transition, before, finding: null });
      now.delete(subjectOf(before));
    }
  }
  return { steps, open: now };
}

const subjectOf = ({ cause, keyId }: Pick<Incident, "cause" | "keyId">) => `${cause} ${keyId}`;

function byText<Item>(textOf: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => Number(textOf(a) > textOf(b)) - Number(textOf(a) < textOf(b));
}

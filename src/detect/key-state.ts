import { SUSPICION_MS, type Incident } from "../model/incident/incident.js";
import type { KeyStanding, KeyState } from "../model/key/key-state.js";
import { isPage } from "../model/incident/page.js";
import { RESIDUALS_FROM_AGE_DAYS } from "./measure.js";

/** What a key's state follows from, at an instant. */
export interface KeyFacts {
  /** Incidents that name the key, open or over. */
  readonly incidents: readonly Incident[];
  /** Ids of those that a person resolved and whose traffic goes on: see leaksOn. */
  readonly goOn: ReadonlySet<string>;
  /** Its baseline, or that of the key which it succeeds; null while there is none. Epoch ms. */
  readonly baseline: { readonly bornAt: number; readonly suspectUntil: number } | null;
}

const DAY_MS = 86_400_000;

/** The worst that holds of a key at an instant (epoch ms), and until when it is under suspicion. */
export function keyStandingOf(facts: KeyFacts, now: number): KeyStanding {
  const suspectUntil = suspectUntilOf(facts);
  const isSuspect = suspectUntil > now;
  return { state: stateOf(facts, isSuspect, now), suspectUntil: isSuspect ? suspectUntil : null };
}

function stateOf({ incidents, goOn, baseline }: KeyFacts, isSuspect: boolean, now: number): KeyState {
  if (incidents.some(({ open }) => open)) return "incident";
  if (incidents.some(({ incidentId }) => goOn.has(incidentId))) return "still_leaking";
  if (isSuspect) return "under_suspicion";
  if (baseline === null) return "no_baseline";
  return now - baseline.bornAt < RESIDUALS_FROM_AGE_DAYS * DAY_MS ? "learning" : "ok";
}

/** A page makes a key suspect at once, what its closed days showed with the baseline that they are learned into. */
function suspectUntilOf({ incidents, baseline }: KeyFacts): number {
  const found = incidents.filter(isOfSuspicion).map(({ lastFindingAt }) => lastFindingAt + SUSPICION_MS);
  return Math.max(baseline?.suspectUntil ?? 0, ...found);
}

/** Whether a person ended it as a leak, or without a word on what it was, and it was found again since. */
export function isFoundAfterEnd({ open, endedBy, verdict, changedAt, lastFindingAt }: Incident): boolean {
  return !open && endedBy === "by_person" && verdict !== "benign" && lastFindingAt > changedAt;
}

/** A page on a leak makes a key teach nothing for a day, whatever people say; of other matters their word that it was a leak does. */
function isOfSuspicion({ cause, severity, verdict }: Incident): boolean {
  return verdict === "leak" || (cause === "leak" && isPage(severity));
}

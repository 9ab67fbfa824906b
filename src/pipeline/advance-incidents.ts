import { advance, foldIncident, onFinding, onTick } from "../incident/next-transition.js";
import type { Finding } from "../model/finding.js";
import type { Incident, IncidentTransition } from "../model/incident.js";
import type { KeySource } from "../store/evidence.js";
import type { Store } from "../store/store.js";
import { pagesFor } from "./compose-pages.js";

export interface AdvanceDeps {
  readonly store: Store;
  /** Where links in pages lead, or null. */
  readonly baseUrl: string | null;
  /** Hands a page that is in the outbox over for delivery. May fail: the outbox is swept. */
  readonly enqueuePage: (pageId: string) => Promise<void>;
}

/**
 * Takes findings (of one span, any order) and the passing of time into incidents. A transition's pages are in the outbox before the
 * transition is on file, and both before the pages are handed over for delivery.
 */
export async function advanceIncidents(
  deps: AdvanceDeps,
  findings: readonly Finding[],
  tick: number | null,
): Promise<void> {
  const open = new Map(
    (await readOpenIncidents(deps.store)).map((incident) => [`${incident.cause} ${incident.keyId}`, incident]),
  );
  for (const finding of findings.toSorted((a, b) => a.tick - b.tick || (a.findingId < b.findingId ? -1 : 1))) {
    const key = `${finding.cause} ${finding.keyId}`;
    const incident = open.get(key) ?? null;
    const transition = onFinding(incident, finding);
    if (transition !== null) await record(deps, transition, incident, finding);
    const lastFindingAt = Math.max(incident?.lastFindingAt ?? 0, finding.tick);
    if (transition !== null) open.set(key, advance(incident, transition, lastFindingAt));
    else if (incident !== null) open.set(key, { ...incident, lastFindingAt });
  }
  if (tick === null) return;
  for (const incident of open.values()) {
    const transition = onTick(incident, tick);
    if (transition !== null) await record(deps, transition, incident, null);
  }
}

/** Every incident that is open, folded from its transitions. */
export async function readOpenIncidents(store: Pick<Store, "readOpenIncidentRows">): Promise<Incident[]> {
  const rows = await store.readOpenIncidentRows();
  return rows.flatMap(({ transitions, lastFindingAt }) => {
    const incident = foldIncident(transitions, Math.max(lastFindingAt, transitions[0]?.at ?? 0));
    return incident?.open === true ? [incident] : [];
  });
}

async function record(
  deps: AdvanceDeps,
  transition: IncidentTransition,
  before: Incident | null,
  finding: Finding | null,
): Promise<void> {
  const now = await deps.store.readClock();
  const keys = await deps.store.readKeys(transition.at, now);
  const pages = pagesFor({
    transition,
    before,
    finding,
    key: keys.get(transition.keyId) ?? null,
    baseUrl: deps.baseUrl,
    evidence: await evidenceOf(deps.store, finding),
    networkNames: await networkNamesOf(deps.store, finding),
  });
  // The pages go first: a transition that is on file without its pages would never be told to anybody.
  for (const page of pages)
    await deps.store.insertPageState(page, { state: "pending", at: now, responseStatus: 0, problem: "" });
  await deps.store.insertTransition(transition);
  for (const page of pages) await deps.enqueuePage(page.pageId);
}

/** Sources since the onset; null when they cannot be read: then the page goes without them, for it must go. */
async function evidenceOf(store: Store, finding: Finding | null): Promise<readonly KeySource[] | null> {
  if (finding === null) return [];
  const { keyId, observedBy, onset, tick, asOf } = finding;
  return store.readKeySources({ keyId, observedBy, from: onset, to: tick, asOf }).catch(() => null);
}

/** Names of the networks of new sources; none when they cannot be read: they only explain. */
async function networkNamesOf(store: Store, finding: Finding | null): Promise<ReadonlyMap<string, string>> {
  const { new_sources = [] } = (finding?.statistics ?? {}) as { new_sources?: { address: string; asn: number }[] };
  return store.readNetworkNames(new_sources).catch(() => new Map<string, string>());
}

import { foldIncident } from "../incident/next-transition.js";
import { openIncidents, stepIncidents, type IncidentStep } from "../incident/step-incidents.js";
import type { Finding } from "../model/finding.js";
import type { Incident } from "../model/incident.js";
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
 * Takes findings (of one span, any order) and the passing of its ticks into incidents. A transition's pages are in the outbox before
 * the transition is on file, and both before the pages are handed over for delivery.
 */
export async function advanceIncidents(
  deps: AdvanceDeps,
  findings: readonly Finding[],
  ticks: readonly number[],
): Promise<void> {
  const open = openIncidents(await readOpenIncidents(deps.store));
  for (const step of stepIncidents(open, findings, ticks).steps) await record(deps, step);
}

/** Every incident that is open, folded from its transitions. */
export async function readOpenIncidents(store: Pick<Store, "readOpenIncidentRows">): Promise<Incident[]> {
  const rows = await store.readOpenIncidentRows();
  return rows.flatMap(({ transitions, lastFindingAt }) => {
    const incident = foldIncident(transitions, Math.max(lastFindingAt, transitions[0]?.at ?? 0));
    return incident?.open === true ? [incident] : [];
  });
}

async function record(deps: AdvanceDeps, { transition, before, finding }: IncidentStep): Promise<void> {
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

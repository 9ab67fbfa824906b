import { foldIncident } from "../../incident/fold-incident.js";
import { REOPEN_MS } from "../../incident/next-transition.js";
import type { Cause } from "../../model/finding/finding.js";
import type { Incident, IncidentTransition } from "../../model/incident/incident.js";
import type { IncidentRows } from "../../store/incident/incident-lives.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";

/** An incident with its life. */
export interface KnownIncident {
  readonly incident: Incident;
  readonly transitions: readonly IncidentTransition[];
}

interface KnownStore {
  readonly incident: Pick<IncidentStore, "readIncidentRows">;
}

/** Every incident that is open, folded from its transitions; with causes, those of one of these. */
export async function readOpenIncidents(store: KnownStore, causes: readonly Cause[] = []): Promise<Incident[]> {
  const rows = await store.incident.readIncidentRows(LAST_INSTANT, [], [], causes);
  return newestFirst(rows).flatMap(({ incident }) => (incident.open ? [incident] : []));
}

/** The same with their lives. */
export async function readOpenLives(store: KnownStore): Promise<KnownIncident[]> {
  return (await readKnownIncidents(store, LAST_INSTANT)).filter(({ incident }) => incident.open);
}

/** The other open incidents of an incident's keys, the newest first: one theft may show as several. */
export async function readBeside(store: KnownStore, { incidentId, keyId, keys }: Incident): Promise<Incident[]> {
  const named = new Set([...keys, ...(keyId === null ? [] : [keyId])]);
  // No key would be any.
  if (named.size === 0) return [];
  const isOfThese = (one: Incident) => [...one.keys, one.keyId].some((key) => key !== null && named.has(key));
  return (await readKnownIncidents(store, LAST_INSTANT, [...named]))
    .flatMap(({ incident }) => (incident.open ? [incident] : []))
    .filter((one) => one.incidentId !== incidentId && isOfThese(one));
}

/** Every incident that is open, or was at an instant (epoch ms) less the week in which it may be reopened. */
export async function readRecentIncidents(store: KnownStore, at: number): Promise<Incident[]> {
  const rows = await store.incident.readIncidentRows(Math.min(Math.max(0, at - REOPEN_MS), LAST_INSTANT), []);
  return rows.flatMap((one) => foldRows(one) ?? []);
}

/** Incidents that are open or changed since an instant (epoch ms), the newest first; with keys, by all their ids, those that name one of these in any step. */
export async function readKnownIncidents(
  store: KnownStore,
  since: number,
  keyIds: readonly string[] = [],
): Promise<KnownIncident[]> {
  const rows = await store.incident.readIncidentRows(since, [], keyIds);
  return newestFirst(rows);
}

const newestFirst = (rows: readonly IncidentRows[]) =>
  rows.flatMap(toKnown).toSorted((a, b) => b.incident.openedAt - a.incident.openedAt);

/** One incident, open or not; null when there is none of that id. */
export async function readKnownIncident(store: KnownStore, id: string): Promise<KnownIncident | null> {
  return (await store.incident.readIncidentRows(0, [id])).flatMap(toKnown)[0] ?? null;
}

function toKnown(rows: IncidentRows): KnownIncident[] {
  const incident = foldRows(rows);
  return incident === null ? [] : [{ incident, transitions: rows.transitions }];
}

/** State of one incident from its rows. */
export function foldRows({ transitions, lastFindingAt }: IncidentRows): Incident | null {
  return foldIncident(transitions, Math.max(lastFindingAt, transitions[0]?.at ?? 0));
}

/** The end of what ClickHouse can store. */
const LAST_INSTANT = Date.UTC(2299, 11, 31);

/** State in a word. */
export function stateOf({ open, quiet, acknowledgedBy }: Incident): string {
  if (!open) return "resolved";
  if (acknowledgedBy !== null) return "acknowledged";
  return quiet ? "quiet" : "open";
}

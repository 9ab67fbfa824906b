import type { Incident, IncidentTransition } from "../../model/incident/incident.js";
import type { KeyVersion } from "../../model/key/key.js";
import { withFormerIds } from "../../model/key/former-ids.js";
import type { IncidentListFilter, IncidentListPlace } from "../../store/view/incident-list.js";
import { findingName } from "../../store/check/findings.js";
import type { Store } from "../../store/store.js";
import { nextLoss } from "../../incident/first-onset.js";
import type { Finding } from "../../model/finding/finding.js";
import { summaryText } from "../../model/finding/headline.js";
import { DAY_MS } from "../../time/day.js";
import { foldRows, stateOf } from "../incident/read-incidents.js";
import { readFormerIdsOf } from "./key-states.js";

/** Most lists end within so much time before their first row: only those that do not are asked of all time. */
const NEAR_MS = 60 * DAY_MS;

/** Which incidents people ask for; `owner` null asks for any. */
export interface IncidentListQuestion extends Omit<IncidentListFilter, "keyIds"> {
  readonly owner: string | null;
  /** Ids of one key, present and former; empty asks for any. */
  readonly keyIds: readonly string[];
}

/** One incident as a list shows it. */
export interface IncidentListRow {
  readonly incident: Incident;
  readonly state: string;
  /** The sentence of its newest step that a finding made; empty where none is on file. */
  readonly summary: string;
  /** Who acknowledged it last, and who or what resolved it; empty where nobody did. */
  readonly acknowledgedBy: string;
  readonly resolvedBy: string;
}

/** Incidents with where the next ones come after; null where these are the last. */
export interface IncidentList {
  readonly rows: readonly IncidentListRow[];
  readonly next: IncidentListPlace | null;
}

/** Reads incidents, open and past, the newest first, after a place; at most `most`. */
export async function readIncidentsOf(
  store: Store,
  question: IncidentListQuestion,
  registry: ReadonlyMap<string, KeyVersion>,
  after: IncidentListPlace | null,
  most: number,
): Promise<IncidentList> {
  const keyIds = question.owner === null ? question.keyIds : await keysOfOwner(store, registry, question.owner);
  if (question.owner !== null && keyIds.length === 0) return { rows: [], next: null };
  const places = await readPlaces(store, { ...question, keyIds }, after, most + 1);
  const shown = places.slice(0, most);
  const rows = await readRowsAt(store, shown);
  return { rows, next: places.length > most ? shown.at(-1)! : null };
}

/** So many other incidents of a key are shown beside one; the list has all. */
const MOST_OTHERS = 10;

/** Reads the other incidents about a key, by all its ids, open and past, the newest first, and whether there are more. */
export async function readOtherIncidents(
  store: Store,
  { incidentId }: Pick<Incident, "incidentId">,
  keyId: string,
): Promise<{ readonly rows: readonly IncidentListRow[]; readonly isCut: boolean }> {
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const places = await store.view.readIncidentsOfKey(keyIds, MOST_OTHERS + 2);
  const others = places.filter((one) => one.incidentId !== incidentId);
  return { rows: await readRowsAt(store, others.slice(0, MOST_OTHERS)), isCut: others.length > MOST_OTHERS };
}

async function keysOfOwner(
  store: Pick<Store, "registry">,
  registry: ReadonlyMap<string, KeyVersion>,
  owner: string,
): Promise<readonly string[]> {
  const own = [...registry.values()].filter((key) => key.owner === owner).map(({ keyId }) => keyId);
  return withFormerIds(await readFormerIdsOf(store, own), own);
}

async function readPlaces(
  store: Pick<Store, "view">,
  filter: IncidentListFilter,
  after: IncidentListPlace | null,
  most: number,
): Promise<readonly IncidentListPlace[]> {
  const until = Math.min(filter.until, after === null ? filter.until : after.openedAt + 1);
  const near = Math.max(filter.since, until - NEAR_MS);
  const found = await store.view.readIncidentList({ ...filter, since: near, until }, after, most);
  if (found.length >= most || near <= filter.since) return found;
  return store.view.readIncidentList({ ...filter, until }, after, most);
}

async function readRowsAt(store: Store, places: readonly IncidentListPlace[]): Promise<IncidentListRow[]> {
  if (places.length === 0) return [];
  const lives = await store.incident.readIncidentRows(
    0,
    places.map(({ incidentId }) => incidentId),
  );
  const known = new Map(
    lives.flatMap((rows) => {
      const incident = foldRows(rows);
      return incident === null ? [] : [[incident.incidentId, { incident, transitions: rows.transitions }] as const];
    }),
  );
  const newest = await readNewestOf(
    store,
    [...known.values()].map(({ incident }) => incident),
  );
  const named = [...known.values()].flatMap(({ incident, transitions }) => {
    const step = newestFound(transitions);
    if (step === undefined) return [];
    const keyIds = [...new Set([step.keyId ?? "", incident.keyId ?? "", ...incident.keys])];
    return [{ findingId: step.findingId!, keyIds, tick: step.at }];
  });
  const summaries = await store.view.readFindingSummaries(named);
  return places.flatMap(({ incidentId }) => {
    const one = known.get(incidentId);
    if (one === undefined) return [];
    const row = toRow(one.incident, one.transitions, summaries);
    const finding = newest.get(incidentId);
    if (finding === undefined) return [row];
    // Steps are an hour apart: what goes on has cost more since the last one.
    const incident = { ...one.incident, loss: nextLoss(one.incident, finding) };
    return [{ ...row, incident, summary: summaryText(finding) }];
  });
}

/** The newest finding of each incident, by its id. */
async function readNewestOf(store: Store, incidents: readonly Incident[]): Promise<ReadonlyMap<string, Finding>> {
  const found = await store.check.readFindingsAt(
    {
      names: incidents.map(findingName),
      // Findings lie by key: without these all of them would be looked through.
      keyIds: [...new Set(["", ...incidents.flatMap(({ keyId, keys }) => [keyId ?? "", ...keys])])],
    },
    incidents.map(({ lastFindingAt }) => lastFindingAt),
  );
  const byName = new Map(found.map((one) => [`${findingName(one)} ${one.tick}`, one]));
  return new Map(
    incidents.flatMap((one) => {
      const finding = byName.get(`${findingName(one)} ${one.lastFindingAt}`);
      return finding === undefined ? [] : [[one.incidentId, finding] as const];
    }),
  );
}

const newestFound = (transitions: readonly IncidentTransition[]): IncidentTransition | undefined =>
  transitions.findLast(({ findingId }) => findingId !== null);

function toRow(
  incident: Incident,
  transitions: readonly IncidentTransition[],
  summaries: ReadonlyMap<string, string>,
): IncidentListRow {
  const acknowledged = transitions.findLast(({ kind }) => kind === "acknowledged");
  const resolved = incident.open ? undefined : transitions.findLast(({ kind }) => kind === "resolved");
  return {
    incident,
    state: stateOf(incident),
    summary: summaries.get(newestFound(transitions)?.findingId ?? "") ?? "",
    acknowledgedBy: acknowledged?.person?.actor ?? "",
    resolvedBy: resolved === undefined ? "" : (resolved.person?.actor ?? resolved.reason.replaceAll("_", " ")),
  };
}

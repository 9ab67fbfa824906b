import { z } from "zod";
import { CAUSES } from "../../model/finding/finding.js";
import { parseSubject, printSubject } from "../../model/finding/finding-subject.js";
import {
  TRANSITION_REASONS,
  TRANSITION_KINDS,
  type IncidentTransition,
  type IncidentVerdict,
  type PersonsWord,
} from "../../model/incident/incident.js";
import { SEVERITIES, type Page } from "../../model/incident/page.js";
import { insertOnce, readRows, runStatement, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, defineStatement, listOf } from "../clickhouse/define-query.js";
import { readListedIds } from "./listed-ids.js";

/** What a transition's column `details` holds. */
interface TransitionDetails extends Pick<
  IncidentTransition,
  "episode" | "told" | "onsetAt" | "loss" | "keys" | "containment"
> {
  readonly into: string;
  readonly person: StoredWord | null;
}

type Optional = "verdict" | "eventId" | "url";

/** A person's word with "" for what nobody said. */
interface StoredWord extends Omit<PersonsWord, Optional> {
  readonly verdict: IncidentVerdict | "";
  readonly eventId: string;
  readonly url: string;
}

const incidentStepQuery = defineQuery("incident/incident-step", {
  params: { incident: z.string(), sequence: z.number() },
  row: { at_ms: z.number(), kind: z.string(), reason: z.string(), finding_id: z.string(), details: z.string() },
});

/**
 * Appends a transition together with the pages that it sends, in one row. Of several writers of one position in an incident's
 * life the first wins; false tells the others that they must read again.
 */
export async function insertTransition(
  client: ClickHouseClient,
  transition: IncidentTransition,
  pages: readonly Page[] = [],
): Promise<boolean> {
  const { incidentId, sequence, at, kind, reason } = transition;
  const findingId = transition.findingId ?? "";
  const details = detailsOf(transition);
  // Listed before it is open: whatever is open is found, though the writer may die in between.
  if (kind === "opened" || kind === "reopened") await listIncident(client, transition);
  const row = {
    incident_id: incidentId,
    sequence,
    at: new Date(at).toISOString(),
    key_id: transition.keyId ?? "",
    cause: transition.cause,
    subject: printSubject(transition.subject),
    kind,
    reason,
    severity: transition.severity,
    finding_id: findingId,
    details,
    pages: JSON.stringify(pages),
  };
  await insertOnce(client, "incident_transitions", [row], `transition:${incidentId}:${sequence}`);
  const [stored] = await readRows(client, incidentStepQuery, { incident: incidentId, sequence });
  if (stored === undefined) throw new Error(`step ${sequence} of ${incidentId} is missing after it was written`);
  const same = [stored.at_ms === at, stored.kind === kind, stored.reason === reason, stored.finding_id === findingId];
  return same.every(Boolean) && stored.details === details;
}

async function listIncident(client: ClickHouseClient, { incidentId, sequence }: IncidentTransition): Promise<void> {
  const row = { incident_id: incidentId, sequence, entries: 1 };
  await insertOnce(client, "open_incidents", [row], `open:${incidentId}:${sequence}`);
}

const unlistIncidentsStatement = defineStatement("incident/unlist-incidents", { params: {} });

/** Takes incidents that are over off the list of those that may be open: what is there for nothing is read for nothing. */
export async function unlistIncidents(client: ClickHouseClient): Promise<void> {
  await runStatement(client, unlistIncidentsStatement, {}, { insert_deduplicate: 0 });
}

function detailsOf(transition: IncidentTransition): string {
  const { episode, told, onsetAt, loss, keys, into, person, containment } = transition;
  const word =
    person &&
    ({ ...person, verdict: person.verdict ?? "", eventId: person.eventId ?? "", url: person.url ?? "" } as const);
  const details: TransitionDetails = { episode, told, onsetAt, loss, keys, into: into ?? "", person: word };
  if (containment !== undefined) return JSON.stringify({ ...details, containment });
  return JSON.stringify(details);
}

function wordOf({ verdict, eventId, url, ...said }: StoredWord): PersonsWord {
  return { ...said, verdict: verdict || null, eventId: eventId || null, url: url || null };
}

/** The life so far of an incident, and when its subject was last found at fault (epoch ms). */
export interface IncidentRows {
  readonly transitions: readonly IncidentTransition[];
  readonly lastFindingAt: number;
}

const incidentsOfIdsQuery = defineQuery("incident/incidents-of-ids", {
  params: { ids: listOf(z.string()) },
  row: {
    incident_id: z.string(),
    sequence: z.number(),
    at_ms: z.number(),
    key_id: z.string(),
    cause: z.enum(CAUSES),
    subject: z.string(),
    kind: z.enum(TRANSITION_KINDS),
    reason: z.enum(TRANSITION_REASONS),
    severity: z.enum(SEVERITIES),
    finding_id: z.string(),
    details: z.string(),
    last_finding_s: z.number(),
  },
});

/** The lives of all incidents that are open, or had a transition at `since` (epoch ms) or later; with ids, of those alone; with keys, of those that name one of these. */
export async function readIncidentRows(
  client: ClickHouseClient,
  since: number,
  ids: readonly string[] = [],
  named: readonly string[] = [],
): Promise<IncidentRows[]> {
  // Two short questions: one that asks for both is worked out longer than it is answered.
  const wanted = ids.length > 0 ? ids : await readListedIds(client, since, named);
  if (wanted.length === 0) return [];
  const rows = await readRows(client, incidentsOfIdsQuery, { ids: wanted });
  const incidents = new Map<string, { transitions: IncidentTransition[]; lastFindingAt: number }>();
  for (const row of rows) {
    const incident = incidents.get(row.incident_id) ?? { transitions: [], lastFindingAt: row.last_finding_s * 1000 };
    const {
      episode = 1,
      told,
      onsetAt = row.at_ms,
      loss = { micros: 0, until: row.at_ms },
      keys = [],
      into = "",
      person = null,
      containment,
    } = JSON.parse(row.details) as Partial<TransitionDetails>;
    incident.transitions.push({
      incidentId: row.incident_id,
      sequence: row.sequence,
      at: row.at_ms,
      keyId: row.key_id || null,
      cause: row.cause,
      subject: parseSubject(row.subject),
      kind: row.kind,
      reason: row.reason,
      severity: row.severity,
      findingId: row.finding_id || null,
      episode,
      told: told ?? { at: row.at_ms, severity: row.severity, signals: [], costMicros: 0 },
      onsetAt,
      loss,
      keys,
      into: into || null,
      person: person && wordOf(person),
      ...(containment === undefined ? {} : { containment }),
    });
    incidents.set(row.incident_id, incident);
  }
  // One that is over may be listed as open.
  const isAsked = ({ transitions }: IncidentRows) =>
    ids.length > 0 || transitions.some(({ at }) => at >= since) || lastKind(transitions) !== "resolved";
  return [...incidents.values()].filter(isAsked);
}

/** What an incident came to by its last step that is more than a word. */
function lastKind(transitions: readonly IncidentTransition[]): IncidentTransition["kind"] | undefined {
  return transitions.findLast(({ kind }) => !["noted", "linked", "reassigned", "containment"].includes(kind))?.kind;
}

const untoldPagesQuery = defineQuery("incident/untold-pages", {
  params: { since: z.date() },
  row: { pages: z.string() },
});

/** Pages that a transition since an instant (epoch ms) sends and that are not in the outbox. */
export async function readUnqueuedPages(client: ClickHouseClient, since: number): Promise<Page[]> {
  const rows = await readRows(client, untoldPagesQuery, { since: new Date(since) });
  return rows.flatMap(({ pages }) => JSON.parse(pages) as Page[]);
}

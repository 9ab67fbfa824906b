import { LRUCache } from "lru-cache";
import { z } from "zod";
import { groupBy } from "../../model/group-by.js";
import { CAUSES, type Cause } from "../../model/finding/finding.js";
import { parseSubject } from "../../model/finding/finding-subject.js";
import { TRANSITION_REASONS, TRANSITION_KINDS, type IncidentTransition } from "../../model/incident/incident.js";
import { SEVERITIES } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";
import { readListedIds } from "./listed-ids.js";
import { wordOf, type TransitionDetails } from "./transition-details.js";

/** From so many incidents on it is asked first which of them have more steps than were read before. */
const MANY_INCIDENTS = 100;
/** Steps that are kept for each client, of a kilobyte or less each. */
const KEPT_STEPS = 20_000;

type Life = readonly IncidentTransition[];
/** What each client read of many. It is never a source of truth: each reading asks first how many steps there are, and steps are appended and never changed. */
const kept = new WeakMap<ClickHouseClient, LRUCache<string, Life>>();

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
  once: true,
});

const stepsOfIdsQuery = defineQuery("incident/steps-of-ids", {
  params: { ids: listOf(z.string()) },
  row: { incident_id: z.string(), steps: z.number(), last_finding_s: z.number() },
});

/** The lives of all incidents that are open, or had a transition at `since` (epoch ms) or later; with ids, of those alone; with keys, of those that name one of these; with causes, of those of one of these. */
export async function readIncidentRows(
  client: ClickHouseClient,
  since: number,
  ids: readonly string[] = [],
  named: readonly string[] = [],
  causes: readonly Cause[] = [],
): Promise<IncidentRows[]> {
  // Two short questions: one that asks for both is worked out longer than it is answered.
  const wanted = ids.length > 0 ? ids : await readListedIds(client, since, named, causes);
  if (wanted.length === 0) return [];
  const incidents = wanted.length < MANY_INCIDENTS ? await readFew(client, wanted) : await readMany(client, wanted);
  // One that is over may be listed as open.
  const isAsked = ({ transitions }: IncidentRows) =>
    ids.length > 0 || transitions.some(({ at }) => at >= since) || lastKind(transitions) !== "resolved";
  return incidents.filter(isAsked);
}

async function readFew(client: ClickHouseClient, ids: readonly string[]): Promise<IncidentRows[]> {
  const rows = await readRows(client, incidentsOfIdsQuery, { ids });
  return [...groupBy(rows, (row) => row.incident_id).values()].map((own) => ({
    transitions: own.map(toTransition),
    lastFindingAt: own[0]!.last_finding_s * 1000,
  }));
}

/** The same as readFew, of which only those are read whose steps have become more since they were read last. */
async function readMany(client: ClickHouseClient, ids: readonly string[]): Promise<IncidentRows[]> {
  const own =
    kept.get(client) ??
    new LRUCache<string, Life>({ maxSize: KEPT_STEPS, sizeCalculation: (life) => Math.max(1, life.length) });
  kept.set(client, own);
  const steps = await readRows(client, stepsOfIdsQuery, { ids });
  const before = new Map(steps.map((row) => [row.incident_id, own.get(row.incident_id)]));
  const changed = steps.filter((row) => before.get(row.incident_id)?.length !== row.steps);
  const read =
    changed.length === 0
      ? []
      : await readRows(client, incidentsOfIdsQuery, { ids: changed.map((row) => row.incident_id) });
  const lives = new Map([...groupBy(read, (row) => row.incident_id)].map(([id, rows]) => [id, rows.map(toTransition)]));
  for (const [id, life] of lives) own.set(id, life);
  return steps.map(({ incident_id, last_finding_s }) => ({
    transitions: lives.get(incident_id) ?? before.get(incident_id) ?? [],
    lastFindingAt: last_finding_s * 1000,
  }));
}

function toTransition(row: RowOf<typeof incidentsOfIdsQuery>): IncidentTransition {
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
  return {
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
  };
}

/** What an incident came to by its last step that is more than a word. */
function lastKind(transitions: readonly IncidentTransition[]): IncidentTransition["kind"] | undefined {
  return transitions.findLast(({ kind }) => !["noted", "linked", "reassigned", "containment"].includes(kind))?.kind;
}

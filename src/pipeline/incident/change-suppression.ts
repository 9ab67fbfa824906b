import { suppressionOf } from "../../incident/is-suppressed.js";
import type { Finding } from "../../model/finding/finding.js";
import type { SuppressionRevision } from "../../model/incident/suppression.js";
import type { PersonsWord } from "../../model/incident/incident.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";
import { HOUR_MS } from "../../time/day.js";
import { actOnIncident } from "./act-on-incident.js";
import { readNewestFinding } from "./expect-incident.js";
import { foldRows } from "./read-incidents.js";
import type { AdvanceDeps } from "./record-step.js";

/** What is to hold from now on; null leaves it as it is. */
export interface SuppressionChange {
  readonly networks: readonly string[] | null;
  /** Epoch ms. */
  readonly until: number | null;
}

/** What became of a change; `reopened`: withdrawn, and its incident is open again, because it was found within the hour. */
export type ChangeOutcome =
  | "changed"
  | "withdrawn"
  | "reopened"
  | "unknown"
  | "is over"
  | "is withdrawn"
  | "changed by someone else";

/** Changes what a suppression holds for, from an instant (epoch ms) on: what it hid before stays hidden. */
export async function changeSuppression(
  deps: AdvanceDeps,
  id: string,
  { networks, until }: SuppressionChange,
  person: PersonsWord,
  at: number,
): Promise<ChangeOutcome> {
  const last = await lastRevision(deps.store, id, at);
  if (typeof last === "string") return last;
  const end = until ?? last.statedUntil;
  const next = { ...follow(last, person, at), networks: networks ?? last.networks, until: end, statedUntil: end };
  return (await insertRevision(deps.store, next)) ? "changed" : "changed by someone else";
}

/**
 * Withdraws a suppression at an instant (epoch ms): from then on findings open incidents again. What still went on within the hour before opens its
 * incident at once, and on-call is notified: a suppression that was a mistake must not cost another hour.
 */
export async function withdrawSuppression(
  deps: AdvanceDeps,
  id: string,
  person: PersonsWord,
  at: number,
): Promise<ChangeOutcome> {
  const last = await lastRevision(deps.store, id, at);
  if (typeof last === "string") return last;
  const begun = follow(last, person, at);
  const next = { ...begun, action: "withdrawn", until: begun.from, statedUntil: begun.from } as const;
  if (!(await insertRevision(deps.store, next))) return "changed by someone else";
  const [rows] = await deps.store.incident.readIncidentRows(0, [last.incidentId]);
  const incident = rows === undefined ? null : foldRows(rows);
  const isFound =
    incident !== null && !incident.open && incident.endedBy === "expected" && incident.lastFindingAt >= at - HOUR_MS;
  if (!isFound) return "withdrawn";
  const finding = await readNewestFinding(deps.store, incident, at);
  if (finding !== null && (await isStillSuppressed(deps.store, finding, id, at))) return "withdrawn";
  const word = { ...person, verdict: null };
  const outcome = await actOnIncident(deps, incident.incidentId, "reopen", word, at, finding);
  return outcome === "done" ? "reopened" : "withdrawn";
}

/** Whether others that hold at an instant (epoch ms) suppress a finding, also one that was found before they began. */
async function isStillSuppressed(
  store: { readonly incident: Pick<IncidentStore, "readSuppressionRevisions"> },
  finding: Finding,
  withdrawn: string,
  at: number,
): Promise<boolean> {
  const holding = (await store.incident.readSuppressionRevisions(at)).filter(
    ({ suppressionId, from, until }) => suppressionId !== withdrawn && from <= at && at < until,
  );
  const always = holding.map((one) => Object.assign({}, one, { from: 0, until: Infinity }));
  return suppressionOf(finding, always) !== null;
}

/** The revision to go on from, if it holds at an instant (epoch ms). */
async function lastRevision(
  store: { readonly incident: Pick<IncidentStore, "readSuppressionRevisions"> },
  id: string,
  at: number,
): Promise<SuppressionRevision | "unknown" | "is over" | "is withdrawn"> {
  const last = (await store.incident.readSuppressionRevisions(0, { suppressionId: id })).at(-1);
  if (last === undefined) return "unknown";
  if (last.action === "withdrawn") return "is withdrawn";
  return last.until <= at ? "is over" : last;
}

function follow(last: SuppressionRevision, { actor, note }: PersonsWord, at: number): SuppressionRevision {
  // Two within a millisecond must still follow each other.
  const from = Math.max(at, last.from + 1);
  return { ...last, revision: last.revision + 1, action: "changed", from, recordedAt: at, actor, note };
}

/** False when another writer's revision came first. */
async function insertRevision(
  store: { readonly incident: Pick<IncidentStore, "insertExpectation" | "readSuppressionRevisions"> },
  next: SuppressionRevision,
): Promise<boolean> {
  await store.incident.insertExpectation(next);
  const stored = (await store.incident.readSuppressionRevisions(0, { suppressionId: next.suppressionId })).find(
    ({ revision }) => revision === next.revision,
  );
  const said = ({ action, from, statedUntil, actor, note, networks }: SuppressionRevision) =>
    JSON.stringify([action, from, statedUntil, actor, note, networks]);
  return stored !== undefined && said(stored) === said(next);
}

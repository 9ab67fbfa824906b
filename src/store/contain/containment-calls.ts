import { z } from "zod";
import {
  CALL_STATES,
  type CallProgress,
  type CallState,
  type ContainmentCall,
} from "../../model/incident/containment.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** What became of a call: an answer of the guard, or the lack of one. */
export interface CallOutcome {
  readonly state: CallState;
  /** Epoch ms. */
  readonly at: number;
  readonly status: number;
  readonly problem: string;
  /** Epoch ms before which it is not tried again; 0 for at once. */
  readonly notBefore?: number;
}

/** Appends a state of a call. Each but `retrying` is written once however often it is tried. */
export async function insertCallState(
  client: ClickHouseClient,
  call: ContainmentCall,
  { state, at, status, problem, notBefore = 0 }: CallOutcome,
): Promise<void> {
  const row = {
    call_id: call.callId,
    state,
    at: new Date(at).toISOString(),
    containment_id: call.containmentId,
    incident_id: call.incidentId,
    key_id: call.keyId,
    guard: call.guard,
    effect: call.effect,
    action: call.action,
    networks: call.networks,
    limit_per_minute: call.limitPerMinute,
    until: new Date(call.until).toISOString(),
    response_status: status,
    problem,
    not_before: new Date(notBefore).toISOString(),
  };
  const token = `call:${call.callId}:${state}${state === "retrying" ? `:${at}` : ""}`;
  await insertOnce(client, "containment_calls", [row], token);
}

const callsOfIncidentsQuery = defineQuery("contain/calls-of-incidents", {
  params: { incidents: listOf(z.string()) },
  row: {
    call_id: z.string(),
    last_state: z.enum(CALL_STATES),
    created_ms: z.number(),
    ended_ms: z.number(),
    attempts: z.number(),
    not_before_ms: z.number(),
    status: z.number(),
    why: z.string(),
  },
});

/** How far the calls of some incidents got, by call; those that are not in the outbox yet are not in it. */
export async function readCalls(
  client: ClickHouseClient,
  incidents: readonly string[],
): Promise<ReadonlyMap<string, CallProgress>> {
  if (incidents.length === 0) return new Map();
  const rows = await readRows(client, callsOfIncidentsQuery, { incidents });
  return new Map(
    rows.map((row) => [
      row.call_id,
      {
        callId: row.call_id,
        state: row.last_state,
        createdAt: row.created_ms,
        changedAt: row.ended_ms > 0 ? row.ended_ms : row.created_ms,
        attempts: row.attempts,
        notBefore: row.not_before_ms,
        status: row.status,
        problem: row.why,
      },
    ]),
  );
}

/** A containment on the list of those that may not be over, by a step that asks something of its guard. */
export interface ListedContainment {
  readonly incidentId: string;
  readonly sequence: number;
}

/** Lists a containment, before the step that asks for it is there: whatever is open is found, though the writer may die in between. */
export async function listContainment(client: ClickHouseClient, one: ListedContainment): Promise<void> {
  await insertEntry(client, one, 1);
}

/** Takes one that is over off the list. */
export async function unlistContainment(client: ClickHouseClient, one: ListedContainment): Promise<void> {
  await insertEntry(client, one, -1);
}

async function insertEntry(
  client: ClickHouseClient,
  { incidentId, sequence }: ListedContainment,
  entries: 1 | -1,
): Promise<void> {
  const row = { incident_id: incidentId, sequence, entries };
  await insertOnce(client, "open_containments", [row], `${entries}:${incidentId}:${sequence}`);
}

const openContainmentsQuery = defineQuery("contain/open-containments", {
  params: {},
  row: { incident_id: z.string(), sequence: z.number() },
});

/** Containments that are listed as not over. One that is may be among them, and one whose step has not come yet. */
export async function readListedContainments(client: ClickHouseClient): Promise<ListedContainment[]> {
  const rows = await readRows(client, openContainmentsQuery, {});
  return rows.map((row) => ({ incidentId: row.incident_id, sequence: row.sequence }));
}

import { z } from "zod";
import type { GuardState } from "../../model/coverage.js";
import { CALL_STATES, type CallState } from "../../model/incident/containment.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

const guardsStateQuery = defineQuery("watch/guards-state", {
  params: { since: z.date() },
  row: {
    guard_name: z.string(),
    waiting: z.number(),
    waiting_undos: z.number(),
    oldest_ms: z.number(),
    failed: z.number(),
    problem: z.string(),
    waiting_problem: z.string(),
  },
});

/** How each guard stands that has calls waiting, or refused some since an instant (epoch ms). */
export async function readGuardsState(client: ClickHouseClient, since: number): Promise<GuardState[]> {
  const rows = await readRows(client, guardsStateQuery, { since: new Date(since) });
  return rows.map((row) => ({
    guard: row.guard_name,
    waiting: row.waiting,
    waitingUndos: row.waiting_undos,
    oldestAt: row.waiting === 0 ? null : row.oldest_ms,
    waitingProblem: row.waiting === 0 ? "" : row.waiting_problem,
    failed: row.failed,
    problem: row.problem,
  }));
}

/** A count of calls to a guard in one state. */
export interface GuardFigure {
  readonly guard: string;
  readonly state: CallState;
  readonly n: number;
}

const guardFiguresQuery = defineQuery("watch/guard-figures", {
  params: {},
  row: { guard_name: z.string(), call_state: z.enum(CALL_STATES), n: z.number() },
});

/** Calls to guards by guard and state. Throws ClickHouse's error. */
export async function readGuardFigures(client: ClickHouseClient): Promise<GuardFigure[]> {
  const rows = await readRows(client, guardFiguresQuery, {});
  return rows.map((row) => ({ guard: row.guard_name, state: row.call_state, n: row.n }));
}

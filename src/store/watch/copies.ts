import { z } from "zod";
import type { CopiesState } from "../../model/coverage.js";
import { PAGE_STATES, type PageState } from "../../model/incident/page.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

const copiesStateQuery = defineQuery("watch/copies-state", {
  params: { since: z.date() },
  row: {
    copied_to: z.string(),
    waiting: z.number(),
    oldest_ms: z.number(),
    failed: z.number(),
    problem: z.string(),
    waiting_problem: z.string(),
  },
});

/** How delivery to each destination stands that has copies waiting, or failed since an instant (epoch ms). */
export async function readCopiesState(client: ClickHouseClient, since: number): Promise<CopiesState[]> {
  const rows = await readRows(client, copiesStateQuery, { since: new Date(since) });
  return rows.map((row) => ({
    destination: row.copied_to,
    waiting: row.waiting,
    oldestAt: row.waiting === 0 ? null : row.oldest_ms,
    waitingProblem: row.waiting === 0 ? "" : row.waiting_problem,
    failed: row.failed,
    problem: row.problem,
  }));
}

/** A count of copies of pages in one state. */
export interface CopyFigure {
  readonly destination: string;
  readonly state: PageState;
  readonly n: number;
}

const copyFiguresQuery = defineQuery("watch/copy-figures", {
  params: {},
  row: { copied_to: z.string(), copy_state: z.enum(PAGE_STATES), n: z.number() },
});

/** Copies of pages by destination and state. Throws ClickHouse's error. */
export async function readCopyFigures(client: ClickHouseClient): Promise<CopyFigure[]> {
  const rows = await readRows(client, copyFiguresQuery, {});
  return rows.map((row) => ({ destination: row.copied_to, state: row.copy_state, n: row.n }));
}

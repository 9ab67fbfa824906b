import { z } from "zod";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import { defineBinaryQuery, defineQuery } from "../clickhouse/define-query.js";

/** One evaluation: what ran, for which tick, as of when, how it ended. */
export interface CheckRun {
  readonly job: "check-keys" | "learn-baselines";
  /** Epoch ms of the end of the judged minute, or of the learned day. */
  readonly tick: number;
  readonly asOf: number;
  readonly reason: "live" | "late" | "history" | "learn";
  /** In part: without the keys of ClickHouse servers that did not answer. */
  readonly outcome: "evaluated" | "in_part" | "not_evaluated";
  readonly detail: string;
  readonly events: number;
  readonly version: number;
  readonly keys: number;
  readonly findings: number;
  readonly baselineDay: string | null;
  readonly durationMs: number;
}

/** Records evaluations; each under its own token, so that a repeated record counts once. */
export async function insertCheckRuns(client: ClickHouseClient, runs: readonly CheckRun[]): Promise<void> {
  const rows = runs.map((run) => ({
    job: run.job,
    tick: Math.floor(run.tick / 1000),
    as_of: new Date(run.asOf).toISOString(),
    reason: run.reason,
    outcome: run.outcome,
    detail: run.detail,
    events: run.events,
    version: run.version,
    keys: run.keys,
    findings: run.findings,
    baseline_day: run.baselineDay,
    duration_ms: Math.round(run.durationMs),
  }));
  const first = runs[0];
  if (first === undefined) return;
  await insertOnce(
    client,
    "check_runs",
    rows,
    `check:${first.job}:${first.reason}:${first.tick}:${runs.length}:${first.asOf}`,
  );
}

const checkCursorQuery = defineQuery("check/check-cursor", {
  params: { lately: z.boolean() },
  row: { cursor_s: z.number() },
});

/** The newest tick that check-keys dealt with, in epoch ms; null before its first run. */
export async function readCheckCursor(client: ClickHouseClient): Promise<number | null> {
  // All that ever was is read only where nothing of late is on file.
  for (const lately of [true, false]) {
    const [row] = await readRows(client, checkCursorQuery, { lately });
    if (row !== undefined && row.cursor_s !== 0) return row.cursor_s * 1000;
  }
  return null;
}

/** A minute in which a source was heard. */
export interface ObservedMinute {
  /** Epoch ms of the minute's start. */
  readonly minute: number;
  /** Its event rows. */
  readonly events: number;
}

const observedMinutesQuery = defineQuery("check/observed-minutes", {
  asOf: true,
  params: { from: z.number(), to: z.number() },
  row: { minute_s: z.number(), events: z.number() },
});

/** Minutes of a span (epoch ms, half-open) in which a source was heard, with `asOf` as far as it was known then. */
export async function readObservedMinutes(
  client: ClickHouseClient,
  from: number,
  to: number,
  asOf: number | null = null,
): Promise<ObservedMinute[]> {
  const params = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const rows = await readRows(client, observedMinutesQuery, params, asOf);
  return rows.map((row) => ({ minute: row.minute_s * 1000, events: row.events }));
}

/** Rows that were written of a minute (epoch ms), or of all before the first that was asked for: minute 0. */
export interface ObservedRows extends ObservedMinute {
  /** Epoch ms by the database's clock. */
  readonly lastWrittenAt: number;
}

const floats = z.array(z.number());
const observedLogQuery = defineBinaryQuery("check/observed-log", {
  params: { from: z.number(), to: z.number() },
  row: { now_ms: floats, minutes: floats, event_rows: floats, last_written: floats },
});

/** Minutes with their rows, ascending; the first, of minute 0, is a sum of all that lies before. */
export interface ObservedCount {
  readonly rows: readonly ObservedRows[];
  /** Epoch ms by the database's clock. */
  readonly countedAt: number;
}

/** The minutes of readObservedMinutes and a sum of all before them, and the database's clock when it counted. */
export async function readObservedLog(client: ClickHouseClient, from: number, to: number): Promise<ObservedCount> {
  const params = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const answer = await readBinary(client, observedLogQuery, params);
  const [countedAt = 0] = answer.floats();
  const [minutes, events, lastWrittenAt] = [answer.floats(), answer.floats(), answer.floats()];
  const rows = Array.from(minutes, (minute, i) => ({
    minute: minute * 1000,
    events: events[i]!,
    lastWrittenAt: lastWrittenAt[i]!,
  }));
  return { rows, countedAt };
}

const lateTicksQuery = defineQuery("check/late-ticks", {
  params: { from: z.number(), to: z.number() },
  row: { tick_s: z.number() },
});

/** Ticks (epoch ms) in (from, to] whose minute has rows that no check of it saw. */
export async function readLateTicks(client: ClickHouseClient, from: number, to: number): Promise<number[]> {
  const params = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const rows = await readRows(client, lateTicksQuery, params);
  return rows.map((row) => row.tick_s * 1000);
}

/** Minutes that were looked at and never evaluated, without a gap; epoch ms, half-open. */
export interface UnevaluatedSpan {
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

const unevaluatedSpansQuery = defineQuery("check/unevaluated-spans", {
  params: { from: z.number() },
  row: { from_s: z.number(), until_s: z.number(), reason: z.string() },
});

/** Spans since an instant (epoch ms) that were looked at and never evaluated, the newest first. */
export async function readUnevaluatedSpans(client: ClickHouseClient, from: number): Promise<UnevaluatedSpan[]> {
  const rows = await readRows(client, unevaluatedSpansQuery, { from: Math.floor(from / 1000) });
  return rows.map((row) => ({ from: row.from_s * 1000, until: row.until_s * 1000, reason: row.reason }));
}

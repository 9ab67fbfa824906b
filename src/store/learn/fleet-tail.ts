import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { IncidentVerdict } from "../../model/incident/incident.js";
import type { Subject } from "../../model/subject.js";
import { dayStart } from "../../time/day.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** Days (`YYYY-MM-DD`, both included), as they were learned until an instant (epoch ms). */
export interface LearnedSpan {
  readonly first: string;
  readonly last: string;
  readonly visible: number;
}

/** A day on which a key scored high. */
export interface HighDay extends Subject {
  readonly day: string;
  readonly score: number;
}

const highDaysQuery = defineQuery("learn/high-days", {
  params: { first: z.string(), last: z.string(), visible: z.date(), from: z.number() },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), day: z.string(), score: z.number() },
});

/** The days on which a key scored `from` or more, those of a subject in order. */
export async function readHighDays(client: ClickHouseClient, span: LearnedSpan, from: number): Promise<HighDay[]> {
  const rows = await readRows(client, highDaysQuery, { ...span, visible: new Date(span.visible), from });
  return rows.map(({ key_id, observed_by, day, score }) => ({ keyId: key_id, observedBy: observed_by, day, score }));
}

const usedKeyDaysQuery = defineQuery("learn/used-key-days", {
  params: { first: z.string(), last: z.string(), visible: z.date() },
  row: { key_days: z.number() },
});

/** How many days of keys that were used in a span it has. */
export async function countUsedKeyDays(client: ClickHouseClient, span: LearnedSpan): Promise<number> {
  const [row] = await readRows(client, usedKeyDaysQuery, { ...span, visible: new Date(span.visible) });
  return row?.key_days ?? 0;
}

/** An incident of a key that a person judged; epoch ms. */
export interface JudgedIncident {
  readonly keyId: string;
  readonly openedAt: number;
  readonly endedAt: number;
  readonly verdict: IncidentVerdict;
}

const judgedIncidentsQuery = defineQuery("learn/judged-incidents", {
  params: { since: z.date(), visible: z.date() },
  row: { key_id: z.string(), opened_ms: z.number(), ended_ms: z.number(), word: z.enum(["leak", "benign"]) },
});

/** Incidents about leaks of keys that people judged since a span began. */
export async function readJudgedIncidents(client: ClickHouseClient, span: LearnedSpan): Promise<JudgedIncident[]> {
  const asked = { since: new Date(dayStart(span.first)), visible: new Date(span.visible) };
  return (await readRows(client, judgedIncidentsQuery, asked)).map((row) => ({
    keyId: row.key_id,
    openedAt: row.opened_ms,
    endedAt: row.ended_ms,
    verdict: row.word,
  }));
}

import { z } from "zod";
import { BASELINE_VERSION } from "../../model/finding/baseline.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** A day to be learned, and how far learning got with it. */
export interface LearnableDay {
  readonly day: string;
  readonly events: number;
  /** Event rows that the day had when it was learned; -1 when it never was, or by another version of the code. */
  readonly learnedEvents: number;
  /** Epoch ms; 0 when it never was. */
  readonly learnedAt: number;
  readonly learnedInMs: number;
  /** False when no source was heard all day: then nothing is known of it, not even that there were no requests. */
  readonly observed: boolean;
}

const daysToLearnQuery = defineQuery("learn/days-to-learn", {
  params: { version: z.number(), from: z.number(), to: z.number() },
  row: {
    day: z.string(),
    events: z.number(),
    learned_events: z.number(),
    learned_ms: z.number(),
    learned_in_ms: z.number(),
    observed: z.boolean(),
  },
});

/** Days since the first that was heard in a span (epoch ms) and how far learning got with each. */
export async function readLearnableDays(client: ClickHouseClient, from: number, to: number): Promise<LearnableDay[]> {
  const params = { from: Math.floor(from / 1000), to: Math.floor(to / 1000), version: BASELINE_VERSION };
  const rows = await readRows(client, daysToLearnQuery, params);
  return rows.map((row) => ({
    day: row.day,
    events: row.events,
    learnedEvents: row.learned_events,
    learnedAt: row.learned_ms,
    learnedInMs: row.learned_in_ms,
    observed: row.observed,
  }));
}

const firstIngestedQuery = defineQuery("learn/first-ingested", {
  params: {},
  row: { first_ms: z.number() },
});

/** When (epoch ms) the first rows of all came in; null before any. */
export async function readFirstIngested(client: ClickHouseClient): Promise<number | null> {
  const [row] = await readRows(client, firstIngestedQuery, {});
  return row === undefined || row.first_ms === 0 ? null : row.first_ms;
}

/** The newest learned day before a day, and the instant (epoch ms) that its snapshots carry. */
export interface LearnedDay {
  readonly day: string;
  readonly learnedAt: number;
  /** How many learnings of any day were on record. */
  readonly learnings: number;
}

const newestLearnedDayQuery = defineQuery("learn/newest-learned-day", {
  params: { day: z.string(), visible: z.date() },
  row: { learned_day: z.string(), learned_ms: z.number(), learnings: z.number() },
  once: true,
});

/** The newest day before `day` whose baselines were learned, as far as visible at an instant (epoch ms); null when there is none. */
export async function readNewestLearnedDay(
  client: ClickHouseClient,
  day: string,
  visible: number,
): Promise<LearnedDay | null> {
  const [row] = await readRows(client, newestLearnedDayQuery, { day, visible: new Date(visible) });
  return row === undefined ? null : { day: row.learned_day, learnedAt: row.learned_ms, learnings: row.learnings };
}

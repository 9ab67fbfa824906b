import { z } from "zod";
import type { CheckProgress, DeliveryState, LiveSource } from "../../model/coverage.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

const liveSourcesQuery = defineQuery("watch/live-sources", {
  params: { now: z.number() },
  row: {
    source: z.string(),
    heard_until_s: z.number(),
    ingested_s: z.number(),
    minutes: z.number(),
    longest_gap_s: z.number(),
    ahead_s: z.number(),
  },
});

/** Sources of the week before an instant (epoch ms). */
export async function readLiveSources(client: ClickHouseClient, now: number): Promise<LiveSource[]> {
  const rows = await readRows(client, liveSourcesQuery, { now: Math.floor(now / 1000) });
  return rows.map((row) => ({
    source: row.source,
    observedUntil: row.heard_until_s * 1000,
    ingestedAt: row.ingested_s * 1000,
    minutes: row.minutes,
    longestGapMs: row.longest_gap_s * 1000,
    aheadMs: row.ahead_s * 1000,
  }));
}

/** A source of the last day some of whose events had no usable address. */
export interface UnplacedSource {
  readonly source: string;
  readonly events: number;
  /** Of these, how many without a usable address. */
  readonly withoutAddress: number;
}

const eventsWithoutAddressQuery = defineQuery("watch/events-without-address", {
  params: { now: z.number() },
  row: { source: z.string(), events: z.number(), without_address: z.number() },
});

/** Sources of the day before an instant (epoch ms) with events without a usable address, the largest share first. */
export async function readUnplacedSources(client: ClickHouseClient, now: number): Promise<UnplacedSource[]> {
  const rows = await readRows(client, eventsWithoutAddressQuery, { now: Math.floor(now / 1000) });
  return rows.map(({ source, events, without_address }) => ({ source, events, withoutAddress: without_address }));
}

const deliveryStateQuery = defineQuery("watch/delivery-state", {
  params: { since: z.date() },
  row: {
    waiting: z.number(),
    oldest_ms: z.number(),
    failed: z.number(),
    problem: z.string(),
    waiting_problem: z.string(),
  },
});

/** How delivery stands, with pages that failed since an instant (epoch ms). */
export async function readDeliveryState(client: ClickHouseClient, since: number): Promise<DeliveryState> {
  const [row] = await readRows(client, deliveryStateQuery, { since: new Date(since) });
  const lately = { failed: row?.failed ?? 0, problem: row?.problem ?? "" };
  if (row === undefined || row.waiting === 0) return { waiting: 0, oldestAt: null, waitingProblem: "", ...lately };
  return { waiting: row.waiting, oldestAt: row.oldest_ms, waitingProblem: row.waiting_problem, ...lately };
}

const checkProgressQuery = defineQuery("watch/check-progress", {
  params: { lately: z.boolean() },
  row: { cursor_s: z.number(), recorded_ms: z.number(), future_s: z.number() },
  once: true,
});

/** How far checks have come, by rows that can be true; null before the first one. */
export async function readCheckProgress(client: ClickHouseClient): Promise<CheckProgress | null> {
  // All that ever was is read only where nothing of late is on file.
  for (const lately of [true, false]) {
    const [row] = await readRows(client, checkProgressQuery, { lately });
    if (row === undefined || row.cursor_s === 0) continue;
    const futureUntil = row.future_s === 0 ? null : row.future_s * 1000;
    return { checkedUntil: row.cursor_s * 1000, recordedAt: row.recorded_ms, futureUntil };
  }
  return null;
}

const newestEvaluatedQuery = defineQuery("watch/newest-evaluated", {
  params: { lately: z.boolean() },
  row: { tick_s: z.number() },
});

/** The newest tick (epoch ms) whose minute was evaluated, by rows that can be true; null before the first one. */
export async function readNewestEvaluated(client: ClickHouseClient): Promise<number | null> {
  // All that ever was is read only where nothing of late is on file.
  for (const lately of [true, false]) {
    const [row] = await readRows(client, newestEvaluatedQuery, { lately });
    if (row !== undefined) return row.tick_s * 1000;
  }
  return null;
}

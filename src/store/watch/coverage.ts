import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** A source that is heard as it happens; instants are epoch ms. */
export interface LiveSource {
  readonly source: string;
  /** End of the newest minute that was heard. */
  readonly heardUntil: number;
  /** When its newest row was written. */
  readonly ingestedAt: number;
  /** Minutes of the last week in which it was heard as it happened. */
  readonly minutes: number;
  readonly longestGapMs: number;
  /** How far its newest minute that is on file lies ahead of the instant; 0 when it does not. */
  readonly aheadMs: number;
}

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
    heardUntil: row.heard_until_s * 1000,
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

/** How delivery stands. */
export interface DeliveryState {
  readonly waiting: number;
  /** Epoch ms since when the oldest waits; null when none does. */
  readonly oldestAt: number | null;
  /** Refused or given up lately. */
  readonly failed: number;
  /** Why the newest of them was. */
  readonly problem: string;
}

const deliveryStateQuery = defineQuery("watch/delivery-state", {
  params: { since: z.date() },
  row: { waiting: z.number(), oldest_ms: z.number(), failed: z.number(), problem: z.string() },
});

/** How delivery stands, with pages that failed since an instant (epoch ms). */
export async function readDeliveryState(client: ClickHouseClient, since: number): Promise<DeliveryState> {
  const [row] = await readRows(client, deliveryStateQuery, { since: new Date(since) });
  if (row === undefined || row.waiting === 0)
    return { waiting: 0, oldestAt: null, failed: row?.failed ?? 0, problem: row?.problem ?? "" };
  return { waiting: row.waiting, oldestAt: row.oldest_ms, failed: row.failed, problem: row.problem };
}

/** How far checks have come; instants are epoch ms. */
export interface CheckProgress {
  readonly checkedUntil: number;
  /** When the newest check was put on file: one that catches up is behind, and yet does not stand still. */
  readonly recordedAt: number;
  /** The last minute to come that a process with a wrong clock put on file as checked; null when there is none. */
  readonly futureUntil: number | null;
}

const checkProgressQuery = defineQuery("watch/check-progress", {
  params: { lately: z.boolean() },
  row: { cursor_s: z.number(), recorded_ms: z.number(), future_s: z.number() },
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

import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** How a key was used, as far as its idleness goes; instants are epoch ms, to the minute or the hour. */
export interface KeyDays {
  readonly keyId: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Its use of the last day; null when there was none. */
  readonly lately: {
    readonly since: number;
    /** When it was used before that; null when it was not in 120 days. */
    readonly before: number | null;
  } | null;
}

const keyDaysQuery = defineQuery("audit/key-days", {
  params: { now: z.number() },
  row: { key_id: z.string(), first_s: z.number(), last_s: z.number(), before_s: z.number(), since_s: z.number() },
});

/** When each key that was ever used was used, up to an instant (epoch ms). */
export async function readKeyDays(client: ClickHouseClient, now: number): Promise<KeyDays[]> {
  const rows = await readRows(client, keyDaysQuery, { now: Math.floor(now / 1000) });
  return rows.map((row) => ({
    keyId: row.key_id,
    firstAt: row.first_s * 1000,
    lastAt: row.last_s * 1000,
    lately:
      row.since_s === 0 ? null : { since: row.since_s * 1000, before: row.before_s === 0 ? null : row.before_s * 1000 },
  }));
}

const keysOfOneDayQuery = defineQuery("audit/keys-of-one-day", {
  params: { until: z.number() },
  row: { keys: z.number(), short_lived: z.number() },
});

/** Keys that have no past that they could be judged by. */
export interface BriefKeys {
  /** Used on one UTC day only. */
  readonly ofOneDay: number;
  /** Used for less than a day, which is over by a day or more. */
  readonly shortLived: number;
}

/** How many keys were used so briefly, of those that were used before an instant (epoch ms). */
export async function countBriefKeys(client: ClickHouseClient, until: number): Promise<BriefKeys> {
  const [row] = await readRows(client, keysOfOneDayQuery, { until: Math.floor(until / 1000) });
  return { ofOneDay: row?.keys ?? 0, shortLived: row?.short_lived ?? 0 };
}

const observedDaysQuery = defineQuery("audit/observed-days", {
  params: { now: z.number() },
  row: { day_s: z.number() },
});

/** Begins (epoch ms) of the days on which any source was heard before an instant, oldest first. */
export async function readObservedDays(client: ClickHouseClient, now: number): Promise<number[]> {
  const rows = await readRows(client, observedDaysQuery, { now: Math.floor(now / 1000) });
  return rows.map((row) => row.day_s * 1000);
}

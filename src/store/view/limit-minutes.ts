import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** A key's minutes in use, as its busiest observer saw them, in requests that were not refused with 429. */
export interface LimitMinutes {
  readonly minutes: number;
  readonly p999: number;
  /** The most that was served in a minute without a 429. */
  readonly mostUnthrottled: number;
  /** Minutes with 429s: their day since 1970, and what was served. */
  readonly throttled: readonly { readonly day: number; readonly served: number }[];
}

const limitMinutesQuery = defineQuery("view/limit-minutes", {
  params: { keys: listOf(z.string()), from: z.number(), to: z.number() },
  row: {
    minutes: z.number(),
    p999: z.number(),
    most_unthrottled: z.number(),
    throttled_days: z.array(z.number()),
    throttled_served: z.array(z.number()),
  },
});

/** Minutes of a key, by all its ids, between two instants (epoch ms); null when nobody saw it in use. */
export async function readLimitMinutes(
  client: ClickHouseClient,
  keys: readonly string[],
  from: number,
  to: number,
): Promise<LimitMinutes | null> {
  const [row] = await readRows(client, limitMinutesQuery, {
    keys,
    from: Math.floor(from / 1000),
    to: Math.floor(to / 1000),
  });
  if (row === undefined) return null;
  return {
    minutes: row.minutes,
    p999: row.p999,
    mostUnthrottled: row.most_unthrottled,
    throttled: row.throttled_days.map((day, i) => ({ day, served: row.throttled_served[i] ?? 0 })),
  };
}

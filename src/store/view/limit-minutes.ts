import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** A key's minutes in use, as its busiest observer saw them, in requests that were not refused with 429. */
export interface LimitMinutes {
  readonly minutes: number;
  readonly p999: number;
  /** The most that was served in a minute without a 429. */
  readonly mostUnthrottled: number;
  /** Minutes with 429s: their day since 1970, and what was served. */
  readonly throttled: readonly { readonly day: number; readonly served: number }[];
}

/** Minutes of a key between two instants (epoch ms); null when nobody saw it in use. */
export async function readLimitMinutes(
  client: ClickHouseClient,
  keyId: string,
  from: number,
  to: number,
): Promise<LimitMinutes | null> {
  type Row = {
    minutes: number;
    p999: number;
    most_unthrottled: number;
    throttled_days: number[];
    throttled_served: number[];
  };
  const [row] = await readRows<Row>(client, "view/limit-minutes", {
    key: keyId,
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

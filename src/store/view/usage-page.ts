import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";

/** By what usage is summed. */
export const USAGE_PERIODS = ["minute", "hour", "day"] as const;
export type UsagePeriod = (typeof USAGE_PERIODS)[number];

/** Which usage of a key is asked for: of minutes, hours or days that start from `since` to before `until`, epoch ms. */
export interface UsageFilter {
  readonly keyIds: readonly string[];
  readonly per: UsagePeriod;
  readonly since: number;
  readonly until: number;
}

/** Where the last row of usage stood that was read: when it starts (epoch ms), and who saw it. */
export interface UsagePlace {
  readonly start: number;
  readonly observedBy: ObservedBy;
}

const usagePageQuery = defineQuery("view/usage-page", {
  params: {
    per: z.string(),
    keys: listOf(z.string()),
    since: z.number(),
    until: z.number(),
    after_at: z.number(),
    after_by: z.string(),
    most: z.number(),
  },
  row: {
    start_s: z.number(),
    observed_by: z.enum(OBSERVERS),
    requests: z.number(),
    errors: z.number(),
    throttled: z.number(),
    denied: z.number(),
    bytes: z.number(),
    unit_millis: z.number(),
    spend_micros: z.number(),
  },
});

/** What one kind of observer saw of a key in a minute, hour or day that was used at all. */
export type ListedUsage = RowOf<typeof usagePageQuery>;

/** Usage of a key, by all its ids, in the order of time, after a place (null: from the first), at most `most` rows. */
export async function readUsagePage(
  client: ClickHouseClient,
  { keyIds, per, since, until }: UsageFilter,
  after: UsagePlace | null,
  most: number,
): Promise<ListedUsage[]> {
  return readRows(client, usagePageQuery, {
    per,
    keys: keyIds,
    since: Math.ceil(since / 1000),
    until: Math.ceil(until / 1000),
    after_at: Math.floor((after?.start ?? 0) / 1000),
    after_by: after?.observedBy ?? "",
    most,
  });
}

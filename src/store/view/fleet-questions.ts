import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, type RowOf } from "../clickhouse/define-query.js";
import type { Span } from "./key-history.js";

const nearLimit = {
  params: { from: z.date(), to: z.date(), share: z.number(), most: z.number() },
  row: {
    key_id: z.string(),
    observed_by: z.string(),
    limit_per_minute: z.number(),
    hours: z.number(),
    first_s: z.number(),
    last_s: z.number(),
    worst_s: z.number(),
    worst_requests: z.number(),
    throttled: z.number(),
  },
};
const nearLimitQuery = defineQuery("view/near-limit", nearLimit);
/** Keys that were near their limit for an hour: the same, over the views that analysts may read. */
export const analystNearLimitQuery = defineQuery("view/analyst-near-limit", nearLimit);
/** A key that was near its limit, as one kind of observer saw it; seconds since 1970. */
export type NearLimit = RowOf<typeof nearLimitQuery>;

/** Keys that averaged so many thousandths of their limit over an hour of a span (epoch ms), the nearest first. */
export async function readNearLimit(
  client: ClickHouseClient,
  { from, to }: Span,
  share: number,
  most: number,
): Promise<NearLimit[]> {
  return readRows(client, nearLimitQuery, { from: new Date(from), to: new Date(to), share, most });
}

/** Raw requests; analysts may ask it, too. */
export const rawRequestsQuery = defineQuery("view/raw-requests", {
  params: { key: z.string(), address: z.string(), bits: z.number(), from: z.date(), to: z.date(), most: z.number() },
  row: {
    at: z.string(),
    key_id: z.string(),
    observed_by: z.string(),
    address: z.string(),
    asn: z.number(),
    method: z.string(),
    route: z.string(),
    status: z.number(),
    count: z.number(),
    bytes: z.number(),
    spend_micros: z.number(),
    scope: z.string(),
    user_agent: z.string(),
  },
});
/** One row of raw events; `at` is UTC, to the second. */
export type RawRequest = RowOf<typeof rawRequestsQuery>;

/** Which raw requests are asked for: of a key (empty: of any), from a block of addresses, in a span (epoch ms). */
export interface RawQuestion extends Span {
  readonly key: string;
  readonly address: string;
  readonly bits: number;
}

/** What that is asked with. */
export function rawParams({ from, to, ...rest }: RawQuestion, most: number) {
  return { ...rest, from: new Date(from), to: new Date(to), most };
}

/** Raw requests in the order of time, at most `most`. */
export async function readRawRequests(
  client: ClickHouseClient,
  question: RawQuestion,
  most: number,
): Promise<RawRequest[]> {
  return readRows(client, rawRequestsQuery, rawParams(question, most));
}

const latelyServedQuery = defineQuery("view/lately-served", {
  params: { since: z.number() },
  row: { key_ids: z.array(z.string()) },
});

/** Keys that were served at an instant (epoch ms) or later, whoever saw it but the provider. */
export async function readLatelyServed(client: ClickHouseClient, since: number): Promise<ReadonlySet<string>> {
  // Instants of use are whole seconds.
  const [row] = await readRows(client, latelyServedQuery, { since: Math.ceil(since / 1000) });
  return new Set(row?.key_ids ?? []);
}

const usedScopesQuery = defineQuery("view/used-scopes", {
  params: { since: z.number() },
  row: { scopes: z.array(z.string()), key_ids: z.array(z.string()) },
});

/** Which scopes keys were served with since an instant (epoch ms): those that used the same ones together. */
export async function readUsedScopes(
  client: ClickHouseClient,
  since: number,
): Promise<RowOf<typeof usedScopesQuery>[]> {
  return readRows(client, usedScopesQuery, { since: Math.floor(since / 1000) });
}

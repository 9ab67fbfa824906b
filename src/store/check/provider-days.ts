import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** What three observers counted for one key in a span of a day that ends `daysAgo` days before the provider's last report. */
export interface ProviderDay {
  readonly keyId: string;
  /** Epoch ms of the end of the last hour that the provider reported. */
  readonly horizon: number;
  readonly daysAgo: number;
  readonly provider: number;
  readonly providerSpendMicros: number;
  readonly caller: number;
  readonly gateway: number;
}

const providerDaysQuery = defineQuery("check/provider-days", {
  asOf: true,
  params: { tick: z.number(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    horizon_s: z.number(),
    days_ago: z.number(),
    provider_requests: z.number(),
    provider_spend: z.number(),
    caller_requests: z.number(),
    gateway_requests: z.number(),
  },
});

/** The 29 latest such days before a tick (epoch ms) of some keys (none: of every key) whose provider reported in the three days before it. */
export async function readProviderDays(
  client: ClickHouseClient,
  tick: number,
  keys: readonly string[],
  asOf: number | null,
): Promise<ProviderDay[]> {
  const rows = await readRows(client, providerDaysQuery, { tick: Math.floor(tick / 1000), keys }, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    horizon: row.horizon_s * 1000,
    daysAgo: row.days_ago,
    provider: row.provider_requests,
    providerSpendMicros: row.provider_spend,
    caller: row.caller_requests,
    gateway: row.gateway_requests,
  }));
}

const reportedKeysQuery = defineQuery("check/reported-keys", {
  asOf: true,
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string() },
});

/** Those of some keys (none: of every key) of which a provider reported anything in a span of hours (epoch ms, half-open). */
export async function readReportedKeys(
  client: ClickHouseClient,
  { from, until }: { readonly from: number; readonly until: number },
  keys: readonly string[],
  asOf: number | null,
): Promise<string[]> {
  const params = { from: Math.floor(from / 1000), until: Math.floor(until / 1000), keys };
  const rows = await readRows(client, reportedKeysQuery, params, asOf);
  return rows.map((row) => row.key_id);
}

import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** What all of a history comes to. */
export interface HistoryTotals {
  readonly requests: number;
  readonly keys: number;
  /** UTC days with a request. */
  readonly days: number;
  readonly spendMicros: number;
  /** Requests with an address that can be used. */
  readonly withAddress: number;
}

const historyTotalsQuery = defineQuery("replay/history-totals", {
  params: {},
  row: {
    requests: z.number(),
    keys: z.number(),
    days: z.number(),
    spend_micros: z.number(),
    with_address: z.number(),
  },
});

/** The totals of all events on file. */
export async function readHistoryTotals(client: ClickHouseClient): Promise<HistoryTotals> {
  const [row] = await readRows(client, historyTotalsQuery, {});
  return {
    requests: row?.requests ?? 0,
    keys: row?.keys ?? 0,
    days: row?.days ?? 0,
    spendMicros: row?.spend_micros ?? 0,
    withAddress: row?.with_address ?? 0,
  };
}

/** A key in all of a history, as one kind of observer saw it. */
export interface HistoryKey {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly requests: number;
  readonly spendMicros: number;
}

const dearestKeysQuery = defineQuery("replay/dearest-keys", {
  params: { most: z.number() },
  row: { key_id: z.string(), observed_by: z.enum(OBSERVERS), requests: z.number(), spend_micros: z.number() },
});

/** At most so many keys, those that cost most first, then those that were used most. */
export async function readDearestKeys(client: ClickHouseClient, most: number): Promise<HistoryKey[]> {
  const rows = await readRows(client, dearestKeysQuery, { most });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: row.requests,
    spendMicros: row.spend_micros,
  }));
}

/** Where most requests of a history come from, as one address and as one operator's network; null where there is none. */
export interface BusiestSources {
  readonly address: { readonly text: string; readonly requests: number; readonly keys: number } | null;
  readonly network: { readonly asn: number; readonly requests: number; readonly keys: number } | null;
}

const busiestSourcesQuery = defineQuery("replay/busiest-sources", {
  params: {},
  row: { is_network: z.number(), address: z.string(), asn: z.number(), requests: z.number(), keys: z.number() },
});

/** The busiest address and the busiest network of all events on file. */
export async function readBusiestSources(client: ClickHouseClient): Promise<BusiestSources> {
  const rows = await readRows(client, busiestSourcesQuery, {});
  const address = rows.find(({ is_network: isNetwork }) => isNetwork === 0);
  const network = rows.find(({ is_network: isNetwork }) => isNetwork === 1);
  return {
    address: address === undefined ? null : { text: address.address, requests: address.requests, keys: address.keys },
    network: network === undefined ? null : { asn: network.asn, requests: network.requests, keys: network.keys },
  };
}

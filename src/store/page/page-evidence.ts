import { z } from "zod";
import { NO_ADDRESS } from "../../model/network/no-address.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf } from "../clickhouse/define-query.js";
import { readNamesOfSystems } from "../networks/names-of-systems.js";
import type { EvidenceSpan } from "./key-sources.js";
import type { UsageAroundOnset, NetworkUse, NewUse } from "../../model/finding/evidence.js";

type Span = Omit<EvidenceSpan, "asOf" | "findingId">;

const paramsOf = ({ keyIds, observedBy, from, to }: Span) => ({
  keys: keyIds,
  observed_by: observedBy,
  from: Math.floor(from / 1000),
  to: Math.ceil(to / 1000),
});

const usageAroundOnsetQuery = defineQuery("page/usage-around-onset", {
  params: { from: z.number(), keys: listOf(z.string()), observed_by: z.string(), to: z.number() },
  row: {
    requests: z.number(),
    unserved: z.number(),
    bytes: z.number(),
    spend_micros: z.number(),
    most_a_minute: z.number(),
    requests_before: z.number(),
    bytes_before: z.number(),
  },
});

/** Usage from the onset to the tick, both epoch ms, and of the week before. */
export async function readUsageAroundOnset(client: ClickHouseClient, span: Span): Promise<UsageAroundOnset> {
  const [row] = await readRows(client, usageAroundOnsetQuery, paramsOf(span));
  if (row === undefined) throw new Error("usage since the onset could not be summed");
  return {
    requests: row.requests,
    unserved: row.unserved,
    bytes: row.bytes,
    spendMicros: row.spend_micros,
    mostAMinute: row.most_a_minute,
    requestsBefore: row.requests_before,
    bytesBefore: row.bytes_before,
  };
}

const networksBeforeQuery = defineQuery("page/networks-before", {
  params: { from: z.number(), keys: listOf(z.string()), observed_by: z.string() },
  row: {
    asn: z.number(),
    network_type: z.string(),
    is_unplaced: flag,
    requests: z.number(),
    addresses: z.number(),
  },
});

/** Networks of the week before the onset, the busiest first. */
export async function readNetworksBefore(client: ClickHouseClient, span: Span): Promise<NetworkUse[]> {
  const rows = await readRows(client, networksBeforeQuery, paramsOf(span));
  const nameOf = await readNamesOfSystems(client, rows);
  return rows.map((row) => ({
    asn: row.asn,
    networkType: row.network_type,
    name: row.is_unplaced === 1 ? NO_ADDRESS : nameOf(row),
    requests: row.requests,
    addresses: row.addresses,
  }));
}

const newUsesQuery = defineQuery("page/new-uses", {
  params: { as_of: z.date(), keys: listOf(z.string()), observed_by: z.string(), from: z.number(), to: z.number() },
  row: { level: z.string(), value: z.string(), requests: z.number(), refused: z.number(), spend_micros: z.number() },
});

/** Routes and scopes that the key had never touched before the onset, the busiest first, as the check saw them. */
export async function readNewUses(
  client: ClickHouseClient,
  { asOf, ...span }: Span & Pick<EvidenceSpan, "asOf">,
): Promise<NewUse[]> {
  const rows = await readRows(client, newUsesQuery, { ...paramsOf(span), as_of: new Date(asOf) });
  return rows.map(({ level, value, requests, refused, spend_micros }) => ({
    level,
    value,
    requests,
    refused,
    spendMicros: spend_micros,
  }));
}

const unevaluatedMinutesQuery = defineQuery("page/unevaluated-minutes", {
  params: { from: z.number(), to: z.number() },
  row: { minutes: z.number() },
});

/** Minutes of a span (epoch ms) in which nobody was heard, so that nothing was judged. */
export async function readUnevaluatedMinutes(client: ClickHouseClient, from: number, to: number): Promise<number> {
  const params = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const [row] = await readRows(client, unevaluatedMinutesQuery, params);
  return row?.minutes ?? 0;
}

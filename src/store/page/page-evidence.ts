import { NO_ADDRESS } from "../../model/network/no-address.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import type { EvidenceSpan } from "./key-sources.js";
import type { UsageAroundOnset, NetworkUse, NewUse } from "../../model/finding/evidence.js";

type Span = Omit<EvidenceSpan, "asOf" | "findingId">;

const paramsOf = ({ keyId, observedBy, from, to }: Span) => ({
  key: keyId,
  observed_by: observedBy,
  from: Math.floor(from / 1000),
  to: Math.ceil(to / 1000),
});

/** Usage from the onset to the tick, both epoch ms, and of the week before. */
export async function readUsageAroundOnset(client: ClickHouseClient, span: Span): Promise<UsageAroundOnset> {
  type Row = {
    requests: number;
    bytes: number;
    spend_micros: number;
    most_a_minute: number;
    requests_before: number;
    bytes_before: number;
  };
  const [row] = await readRows<Row>(client, "page/usage-around-onset", paramsOf(span));
  if (row === undefined) throw new Error("usage since the onset could not be summed");
  return {
    requests: row.requests,
    bytes: row.bytes,
    spendMicros: row.spend_micros,
    mostAMinute: row.most_a_minute,
    requestsBefore: row.requests_before,
    bytesBefore: row.bytes_before,
  };
}

/** Networks of the week before the onset, the busiest first. */
export async function readNetworksBefore(client: ClickHouseClient, span: Span): Promise<NetworkUse[]> {
  type Row = {
    asn: number;
    network_type: string;
    network_name: string;
    is_unplaced: 0 | 1;
    requests: number;
    addresses: number;
  };
  const rows = await readRows<Row>(client, "page/networks-before", paramsOf(span));
  return rows.map((row) => ({
    asn: row.asn,
    networkType: row.network_type,
    name: row.is_unplaced === 1 ? NO_ADDRESS : row.network_name,
    requests: row.requests,
    addresses: row.addresses,
  }));
}

/** Routes and scopes that the key had never touched before the onset, the busiest first. */
export async function readNewUses(client: ClickHouseClient, span: Span): Promise<NewUse[]> {
  type Row = { level: string; value: string; requests: number; refused: number; spend_micros: number };
  const rows = await readRows<Row>(client, "page/new-uses", paramsOf(span));
  return rows.map(({ level, value, requests, refused, spend_micros }) => ({
    level,
    value,
    requests,
    refused,
    spendMicros: spend_micros,
  }));
}

/** Minutes of a span (epoch ms) in which nobody was heard, so that nothing was judged. */
export async function readUnevaluatedMinutes(client: ClickHouseClient, from: number, to: number): Promise<number> {
  const params = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const [row] = await readRows<{ minutes: number }>(client, "page/unevaluated-minutes", params);
  return row?.minutes ?? 0;
}

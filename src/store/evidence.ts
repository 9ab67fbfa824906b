import type { NoveltyLevel } from "../model/novelty.js";
import type { ObservedBy } from "../model/request-event.js";
import { readRows, type ClickHouseClient } from "./clickhouse.js";
import { noveltyParams, type NoveltyContext, type Subject, type UsageSeries } from "./usage.js";

/** Traffic of one address or route of a key, minute by minute, where it is new to the key at a level of novelty. */
export interface Newcomer extends UsageSeries {
  readonly level: NoveltyLevel;
  /** IPv4 or IPv6 text, or at the level of routes the route. */
  readonly value: string;
  readonly asn: number;
  readonly networkType: string;
  /** Epoch ms at which the key first used what is new at this level. */
  readonly seenAt: number;
}

/** Newcomers of some keys in the 1,500 minutes from 24 h before an hour (epoch ms) to its end. */
export async function readNewcomers(
  client: ClickHouseClient,
  { hour, keys, ...context }: NoveltyContext & { readonly hour: number; readonly keys: readonly string[] },
  asOf: number | null,
): Promise<Newcomer[]> {
  if (keys.length === 0) return [];
  type Row = {
    key_id: string;
    observed_by: ObservedBy;
    level: NoveltyLevel;
    value: string;
    asn: number;
    network_type: string;
    seen_s: number;
    minutes: number[];
    requests: number[];
    spend_micros: number[];
  };
  const params = noveltyParams({ hour, until: hour + 3_600_000, keys }, context);
  const rows = await readRows<Row>(client, "newcomers-of-keys", params, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    level: row.level,
    value: plainAddress(row.value),
    asn: row.asn,
    networkType: row.network_type,
    seenAt: row.seen_s * 1000,
    at: row.minutes,
    requests: row.requests,
    spendMicros: row.spend_micros,
  }));
}

/** One source of a key in a span, with what it came to. */
export interface KeySource {
  readonly address: string;
  readonly asn: number;
  readonly networkType: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly userAgents: readonly string[];
}

/** What identifies the span of a page's evidence: the analyst's query takes the very same. */
export interface EvidenceSpan extends Subject {
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
}

/** Parameters of sql/queries/key-sources-since.sql for a span. */
export function evidenceParams(span: EvidenceSpan): Readonly<Record<string, unknown>> {
  return {
    key: span.keyId,
    observed_by: span.observedBy,
    from: new Date(span.from),
    to: new Date(span.to),
    as_of: new Date(span.asOf),
  };
}

/** Sources of one key in a span, the busiest first. */
export async function readKeySources(client: ClickHouseClient, span: EvidenceSpan): Promise<KeySource[]> {
  type Row = {
    source_ip: string;
    asn: number;
    network_type: string;
    first_ms: number;
    last_ms: number;
    requests: number;
    spend_micros: number;
    user_agents: string[];
  };
  const rows = await readRows<Row>(client, "key-sources-since", evidenceParams(span));
  return rows.map((row) => ({
    address: plainAddress(row.source_ip),
    asn: row.asn,
    networkType: row.network_type,
    firstAt: row.first_ms,
    lastAt: row.last_ms,
    requests: row.requests,
    spendMicros: row.spend_micros,
    userAgents: row.user_agents.toSorted(),
  }));
}

/** An address as people write it. */
export function plainAddress(address: string): string {
  return address === "::" ? "none" : address.replace(/^::ffff:(?=\d+\.)/, "");
}

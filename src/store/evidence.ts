import { NO_ADDRESS } from "../model/no-address.js";
import { readRows, type ClickHouseClient } from "./clickhouse.js";
import type { Subject } from "./usage.js";

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

/** An address as people write it: IPv4 without its IPv6 coat, NO_ADDRESS where there was none. */
export function plainAddress(address: string): string {
  return address === "::" ? NO_ADDRESS : address.replace(/^::ffff:(?=\d+\.)/, "");
}

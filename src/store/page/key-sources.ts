import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import type { Subject } from "../../model/subject.js";
import type { KeySource, SourceList, KeySources } from "../../model/finding/evidence.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** What identifies the span of a page's evidence, and the finding that it is about ("": none): the analyst's query takes the very same. */
export interface EvidenceSpan extends Subject {
  readonly findingId: string;
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
}

/** Parameters of sql/queries/page/key-sources-since.sql for a span. */
export function evidenceParams(span: EvidenceSpan): Readonly<Record<string, unknown>> {
  return {
    key: span.keyId,
    observed_by: span.observedBy,
    finding: span.findingId,
    from: new Date(span.from),
    to: new Date(span.to),
    as_of: new Date(span.asOf),
  };
}

interface SourceRow {
  is_blamed: 0 | 1;
  source_ip: string;
  asn: number;
  network_type: string;
  first_ms: number;
  last_ms: number;
  requests: number;
  spend_micros: number;
  user_agents: string[];
  addresses_alike: number;
  requests_alike: number;
}

/** Sources of one key in a span, those that its finding blames and the others, the busiest first. */
export async function readKeySources(client: ClickHouseClient, span: EvidenceSpan): Promise<KeySources> {
  const rows = await readRows<SourceRow>(client, "page/key-sources-since", evidenceParams(span));
  const served = await readFirstServed(
    client,
    span,
    rows.map((row) => row.source_ip),
  );
  const listOf = (isBlamed: 0 | 1): SourceList => {
    const own = rows.filter((row) => row.is_blamed === isBlamed);
    const busiest = own.map((row) => toSource(row, served.get(row.source_ip) ?? null));
    return { busiest, addresses: own[0]?.addresses_alike ?? 0, requests: own[0]?.requests_alike ?? 0 };
  };
  return { blamed: listOf(1), others: listOf(0) };
}

async function readFirstServed(
  client: ClickHouseClient,
  { keyId, observedBy }: Subject,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (addresses.length === 0) return new Map();
  const params = { key: keyId, observed_by: observedBy, addresses };
  const rows = await readRows<{ address: string; first_s: number }>(client, "page/first-served", params);
  return new Map(rows.map(({ address, first_s }) => [address, first_s * 1000]));
}

function toSource(row: SourceRow, firstServedAt: number | null): KeySource {
  return {
    address: plainAddress(row.source_ip),
    asn: row.asn,
    networkType: row.network_type,
    firstAt: row.first_ms,
    lastAt: row.last_ms,
    requests: row.requests,
    spendMicros: row.spend_micros,
    userAgents: row.user_agents.toSorted(),
    firstServedAt,
  };
}

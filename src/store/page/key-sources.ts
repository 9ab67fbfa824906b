import { z } from "zod";
import { NETWORK_TYPES } from "../../model/network/network-table.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf, type RowOf, type ValuesOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";
import type { KeySource, SourceList, KeySources } from "../../model/finding/evidence.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** What identifies the span of a page's evidence, and the finding that it is about ("": none): the analyst's query takes the same. */
export interface EvidenceSpan {
  /** Every id of the key, and who saw it. */
  readonly keyIds: readonly string[];
  readonly observedBy: Subject["observedBy"];
  readonly findingId: string;
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
}

/** From where a key was used in a span, as an analyst may ask it, too. */
export const keySourcesQuery = defineQuery("page/key-sources-since", {
  params: {
    keys: listOf(z.string()),
    finding: z.string(),
    as_of: z.date(),
    observed_by: z.string(),
    from: z.date(),
    to: z.date(),
  },
  row: {
    is_blamed: flag,
    source_ip: z.string(),
    asn: z.number(),
    network_type: z.enum(["unknown", ...NETWORK_TYPES]),
    first_ms: z.number(),
    last_ms: z.number(),
    requests: z.number(),
    spend_micros: z.number(),
    user_agents: z.array(z.string()),
    session_keys: z.array(z.string()),
    addresses_alike: z.number(),
    requests_alike: z.number(),
    session_keys_alike: z.number(),
  },
});

/** What that is asked with. */
export function evidenceParams(span: EvidenceSpan): ValuesOf<typeof keySourcesQuery.params> {
  return {
    keys: span.keyIds,
    observed_by: span.observedBy,
    finding: span.findingId,
    from: new Date(span.from),
    to: new Date(span.to),
    as_of: new Date(span.asOf),
  };
}

/** Sources of one key in a span, those that its finding blames and the others, the busiest first. */
export async function readKeySources(client: ClickHouseClient, span: EvidenceSpan): Promise<KeySources> {
  const rows = await readRows(client, keySourcesQuery, evidenceParams(span));
  const served = await readFirstServed(
    client,
    span,
    rows.map((row) => row.source_ip),
  );
  const sourcesOf = (isBlamed: 0 | 1): SourceList => {
    const own = rows.filter((row) => row.is_blamed === isBlamed);
    const busiest = own.map((row) => toSource(row, served.get(row.source_ip) ?? null));
    const [first] = own;
    return {
      busiest,
      addresses: first?.addresses_alike ?? 0,
      requests: first?.requests_alike ?? 0,
      sessionKeys: first?.session_keys_alike ?? 0,
    };
  };
  return { blamed: sourcesOf(1), others: sourcesOf(0) };
}

const firstServedQuery = defineQuery("page/first-served", {
  params: { keys: listOf(z.string()), observed_by: z.string(), addresses: listOf(z.string()) },
  row: { address: z.string(), first_s: z.number() },
});

async function readFirstServed(
  client: ClickHouseClient,
  { keyIds, observedBy }: Pick<EvidenceSpan, "keyIds" | "observedBy">,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (addresses.length === 0) return new Map();
  const params = { keys: keyIds, observed_by: observedBy, addresses };
  const rows = await readRows(client, firstServedQuery, params);
  return new Map(rows.map(({ address, first_s }) => [address, first_s * 1000]));
}

function toSource(row: RowOf<typeof keySourcesQuery>, firstServedAt: number | null): KeySource {
  return {
    address: plainAddress(row.source_ip),
    asn: row.asn,
    networkType: row.network_type,
    firstAt: row.first_ms,
    lastAt: row.last_ms,
    requests: row.requests,
    spendMicros: row.spend_micros,
    userAgents: row.user_agents.toSorted(),
    sessionKeys: row.session_keys,
    firstServedAt,
  };
}

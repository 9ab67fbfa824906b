import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf } from "../clickhouse/define-query.js";
import { readNamesOfSystems } from "../networks/names-of-systems.js";
import type { Subject } from "../../model/subject.js";
import type { Span } from "./key-history.js";

/** What a key was used for from one network. */
export interface IncidentFlow {
  readonly isBlamed: boolean;
  readonly asn: number;
  readonly networkType: string;
  readonly networkName: string;
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly spendMicros: number;
}

const incidentFlowsQuery = defineQuery("view/incident-flows", {
  params: {
    blocks: listOf(z.string()),
    keys: listOf(z.string()),
    observed_by: z.string(),
    from: z.date(),
    to: z.date(),
    most: z.number(),
  },
  row: {
    is_blamed: flag,
    asn: z.number(),
    network_type: z.string(),
    method: z.string(),
    route: z.string(),
    requests: z.number(),
    spend_micros: z.number(),
  },
});

/** From which networks a key was used on which routes in a span, from raw rows: from `blocks` (CIDR) first, then the most expensive, at most `most`. */
export async function readIncidentFlows(
  client: ClickHouseClient,
  { keyIds, observedBy }: { readonly keyIds: readonly string[]; readonly observedBy: Subject["observedBy"] },
  { from, to }: Span,
  blocks: readonly string[],
  most: number,
): Promise<IncidentFlow[]> {
  const params = { blocks, keys: keyIds, observed_by: observedBy, from: new Date(from), to: new Date(to), most };
  const rows = await readRows(client, incidentFlowsQuery, params);
  const nameOf = await readNamesOfSystems(client, rows);
  return rows.map((row) => ({
    isBlamed: row.is_blamed === 1,
    asn: row.asn,
    networkType: row.network_type,
    networkName: nameOf(row),
    method: row.method,
    route: row.route,
    requests: row.requests,
    spendMicros: row.spend_micros,
  }));
}

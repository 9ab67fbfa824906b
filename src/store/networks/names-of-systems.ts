import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const namesOfSystemsQuery = defineQuery("networks/names-of-systems", {
  params: { asns: listOf(z.number()) },
  row: { asn: z.number(), network_name: z.string() },
  once: true,
});

/** Says of some autonomous systems, and of no others, how they are called, empty where nobody knows: of all of them there are hundreds of thousands of blocks. */
export async function readNamesOfSystems(
  client: ClickHouseClient,
  systems: readonly { readonly asn: number }[],
): Promise<(one: { readonly asn: number }) => string> {
  const asns = [...new Set(systems.map(({ asn }) => asn))].filter((asn) => asn > 0).toSorted((a, b) => a - b);
  const rows = asns.length === 0 ? [] : await readRows(client, namesOfSystemsQuery, { asns });
  const names = new Map(rows.map((row) => [row.asn, row.network_name]));
  return ({ asn }) => names.get(asn) ?? "";
}

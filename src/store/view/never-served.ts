import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const neverServedQuery = defineQuery("view/never-served", {
  params: { keys: listOf(z.string()), addresses: listOf(z.string()), asns: listOf(z.number()), before: z.number() },
  row: { address: z.string() },
});

/** Which of some addresses, as ClickHouse prints them, a key was never served at, nor before an instant (epoch ms) anywhere in their system, or /16 where it is not known. */
export async function readNeverServed(
  client: ClickHouseClient,
  keyIds: readonly string[],
  sources: readonly { readonly ip: string; readonly asn: number }[],
  before: number,
): Promise<ReadonlySet<string>> {
  if (sources.length === 0) return new Set();
  const params = {
    keys: keyIds,
    addresses: sources.map(({ ip }) => ip),
    asns: sources.map(({ asn }) => asn),
    before: Math.floor(before / 1000),
  };
  return new Set((await readRows(client, neverServedQuery, params)).map(({ address }) => address));
}

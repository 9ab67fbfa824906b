import { z } from "zod";
import type { Subject } from "../../model/subject.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { Span } from "./key-history.js";

/** What was refused at addresses before they were served for the first time; instants are epoch ms, to the second. */
export interface RefusedFirst {
  /** All that were used, refused first or not. */
  readonly addresses: number;
  readonly refusedAddresses: number;
  /** Of these: refused, and never served. */
  readonly neverServed: number;
  readonly refusals: number;
  /** Null where nothing was refused first. */
  readonly firstRefusedAt: number | null;
  /** When the first of them was served; null where none was. */
  readonly firstServedAt: number | null;
  readonly statuses: readonly number[];
}

const refusedFirstQuery = defineQuery("view/refused-first", {
  params: {
    blocks: listOf(z.string()),
    keys: listOf(z.string()),
    observed_by: z.string(),
    from: z.date(),
    to: z.date(),
  },
  row: {
    addresses: z.number(),
    refused_addresses: z.number(),
    never_served: z.number(),
    refusals: z.number(),
    first_refused_s: z.number(),
    first_served_s: z.number(),
    statuses: z.array(z.number()),
  },
});

/** What was refused to a key at the addresses of `blocks` (CIDR) in a span, before each of them was served, from raw rows. */
export async function readRefusedFirst(
  client: ClickHouseClient,
  { keyIds, observedBy }: { readonly keyIds: readonly string[]; readonly observedBy: Subject["observedBy"] },
  { from, to }: Span,
  blocks: readonly string[],
): Promise<RefusedFirst> {
  const params = { blocks, keys: keyIds, observed_by: observedBy, from: new Date(from), to: new Date(to) };
  const [row] = await readRows(client, refusedFirstQuery, params);
  const msOf = (seconds = 0) => (seconds === 0 ? null : seconds * 1000);
  return {
    addresses: row?.addresses ?? 0,
    refusedAddresses: row?.refused_addresses ?? 0,
    neverServed: row?.never_served ?? 0,
    refusals: row?.refusals ?? 0,
    firstRefusedAt: msOf(row?.first_refused_s),
    firstServedAt: msOf(row?.first_served_s),
    statuses: row?.statuses ?? [],
  };
}

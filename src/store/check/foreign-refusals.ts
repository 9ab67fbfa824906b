import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { Lineages } from "../../model/key/lineage.js";
import { NETWORK_TYPES, type NetworkType } from "../../model/network/network-table.js";
import type { Subject } from "../../model/subject.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf } from "../clickhouse/define-query.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** So many routes and minutes are looked at of what one key was refused in one quarter of an hour: who asks for more has been found. */
const MOST_REFUSALS = 5000;
/** So many addresses of those that were refused are blamed. */
const MOST_SOURCES = 1000;

/** What a key was refused on one route that had never served it, in steps of a span, ascending. */
export interface ForeignRefusals extends Subject {
  readonly route: string;
  /** Whether to sources in a /16 (IPv6: /32) from which it had never been served. */
  readonly isOfUnknown: boolean;
  readonly at: readonly number[];
  readonly requests: readonly number[];
}

const refusedKeysQuery = defineQuery("check/refused-keys", {
  asOf: true,
  params: { from: z.number(), to: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string() },
});

const foreignRefusalsQuery = defineQuery("check/foreign-refusals", {
  asOf: true,
  params: {
    from: z.number(),
    to: z.number(),
    step: z.number(),
    keys: listOf(z.string()),
    heirs: listOf(z.string()),
    elders: listOf(z.string()),
    most: z.number(),
  },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    route: z.string(),
    is_of_unknown: flag,
    at: z.array(z.number()),
    requests: z.array(z.number()),
  },
});

const refusedSourcesQuery = defineQuery("check/refused-sources", {
  asOf: true,
  params: { from: z.number(), to: z.number(), keys: listOf(z.string()), most: z.number() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    value: z.string(),
    asn: z.number(),
    network_type: z.enum([...NETWORK_TYPES, "unknown"]),
    first_s: z.number(),
    at: z.array(z.number()),
    requests: z.array(z.number()),
  },
});

/** An address that a key was refused to, minute by minute from the beginning of a span on, ascending. */
export interface RefusedSource extends Subject {
  readonly value: string;
  readonly asn: number;
  readonly networkType: NetworkType | "unknown";
  /** Epoch ms. */
  readonly firstAt: number;
  readonly at: readonly number[];
  readonly requests: readonly number[];
}

/** The busiest addresses that were refused with keys in a span (epoch ms, half-open) and had never been served with them before it. */
export async function readRefusedSources(
  client: ClickHouseClient,
  { from, until }: { readonly from: number; readonly until: number },
  keys: readonly string[],
  asOf: number | null,
): Promise<RefusedSource[]> {
  if (keys.length === 0) return [];
  const params = { from: from / 1000, to: until / 1000, keys, most: MOST_SOURCES };
  const rows = await readRows(client, refusedSourcesQuery, params, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    value: plainAddress(row.value),
    asn: row.asn,
    networkType: row.network_type,
    firstAt: row.first_s * 1000,
    at: row.at,
    requests: row.requests,
  }));
}

/**
 * What some keys (none: every key) were refused in a span (epoch ms, half-open) on routes that had never served them, nor a key that they succeed.
 * @param span in steps of so many ms, counted from its beginning
 */
export async function readForeignRefusals(
  client: ClickHouseClient,
  span: { readonly from: number; readonly until: number; readonly stepMs: number },
  of: { readonly keys: readonly string[]; readonly lineages: Lineages },
  asOf: number | null,
): Promise<ForeignRefusals[]> {
  const within = { from: span.from / 1000, to: span.until / 1000 };
  // Mostly nothing is refused: the question below costs more to be understood than to be answered.
  const refused = await readRows(client, refusedKeysQuery, { ...within, keys: of.keys }, asOf);
  if (refused.length === 0) return [];
  const params = {
    ...within,
    step: span.stepMs / 1000,
    keys: refused.map((row) => row.key_id),
    heirs: [...of.lineages].flatMap(([heir, elders]) => elders.map(() => heir)),
    elders: [...of.lineages.values()].flat(),
    most: MOST_REFUSALS,
  };
  const rows = await readRows(client, foreignRefusalsQuery, params, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    route: row.route,
    isOfUnknown: row.is_of_unknown === 1,
    at: row.at,
    requests: row.requests,
  }));
}

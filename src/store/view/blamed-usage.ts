import { z } from "zod";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { indexedNetworks } from "../clickhouse/network-places.js";
import type { Span } from "./key-history.js";
import type { Subject } from "../../model/subject.js";

/** Networks that the newest finding of a key, a cause and a day blames, as CIDR. */
export interface BlamedNetworks {
  readonly keyId: string;
  readonly cause: string;
  /** Tick of that finding, epoch ms. */
  readonly lastAt: number;
  readonly networks: readonly string[];
}

const blamedNetworksQuery = defineQuery("view/blamed-networks", {
  params: { keys: listOf(z.string()), from: z.number(), to: z.number() },
  row: { key_id: z.string(), cause: z.string(), last_s: z.number(), networks: z.array(z.string()) },
});

/** What findings about some keys, each by all its ids, blamed in a span, the newest first. */
export async function readBlamedNetworks(
  client: ClickHouseClient,
  keyIds: readonly string[],
  { from, to }: Span,
): Promise<BlamedNetworks[]> {
  const params = { keys: keyIds, from: Math.floor(from / 1000), to: Math.ceil(to / 1000) };
  const rows = await readRows(client, blamedNetworksQuery, params);
  return rows.map(({ key_id, cause, last_s, networks }) => ({ keyId: key_id, cause, lastAt: last_s * 1000, networks }));
}

const types = {
  params: {
    from: z.number(),
    to: z.number(),
    keys: listOf(z.string()),
    observed_by: z.string(),
    blocks: listOf(z.string()),
  },
  row: { at: z.number(), requests: z.number(), spend_micros: z.number() },
};
const blamedMinutesQuery = defineQuery("view/blamed-minutes", types);
const blamedHoursQuery = defineQuery("view/blamed-hours", types);

/** What came from some networks in a step of a span; `at` counts steps from its beginning. */
export interface BlamedStep {
  readonly at: number;
  readonly requests: number;
  readonly spendMicros: number;
}

/** How much a key was used from some networks (CIDR) in each minute or hour of a span that had any. */
export async function readBlamedUsage(
  client: ClickHouseClient,
  { keyIds, observedBy }: { readonly keyIds: readonly string[]; readonly observedBy: Subject["observedBy"] },
  { from, to }: Span,
  by: "minute" | "hour",
  blocks: readonly string[],
): Promise<BlamedStep[]> {
  const span = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const query = by === "minute" ? blamedMinutesQuery : blamedHoursQuery;
  const rows = await readRows(client, query, { ...span, keys: keyIds, observed_by: observedBy, blocks });
  return rows.map(({ at, requests, spend_micros }) => ({ at, requests, spendMicros: spend_micros }));
}

/** What a key was used from networks that findings blame on it, as one kind of observer saw it: `requests` are those of the hours `at`, counted from the first. */
export interface UnknownHours {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
  readonly at: readonly number[];
  readonly requests: readonly number[];
}

const unknownHoursQuery = defineQuery("view/unknown-hours", {
  params: {
    from: z.number(),
    to: z.number(),
    block_keys: listOf(z.string()),
    blocks: listOf(z.string()),
    networks: listOf(z.string()),
  },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    at: z.array(z.number()),
    requests: z.array(z.number()),
  },
});

/** How much keys were used in each hour of a span (epoch ms) from networks (CIDR) that each is blamed for: one query, whatever their number. */
export async function readUnknownHours(
  client: ClickHouseClient,
  blamed: readonly { readonly keyId: string; readonly block: string }[],
  { from, to }: Span,
): Promise<UnknownHours[]> {
  if (blamed.length === 0) return [];
  const rows = await readRows(client, unknownHoursQuery, {
    from: Math.floor(from / 1000),
    to: Math.floor(to / 1000),
    block_keys: blamed.map(({ keyId }) => keyId),
    blocks: blamed.map(({ block }) => block),
    networks: indexedNetworks(blamed.map(({ block }) => block)),
  });
  return rows.map(({ key_id, observed_by, at, requests }) => ({
    keyId: key_id,
    observedBy: observed_by,
    at,
    requests,
  }));
}

import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** A span of epoch ms, half-open. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** A caller that is known to report a key: without it a minute is not compared. */
export interface KnownCaller {
  readonly keyId: string;
  /** Name of its ingest token. */
  readonly caller: string;
  /** Epoch ms. */
  readonly knownFrom: number;
}

/** What the gateway served of a key, and what its callers reported, by blocks. */
export interface ComparedKey {
  readonly keyId: string;
  /** Epoch ms of the blocks' starts; those without anything to compare are left out. */
  readonly at: readonly number[];
  readonly gateway: readonly number[];
  readonly caller: readonly number[];
  readonly spendMicros: readonly number[];
}

const keysOfCallersQuery = defineQuery("check/keys-of-callers", {
  asOf: true,
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string() },
});

/** Those of some keys (none: of every key) of which a caller reported anything in a span. */
export async function readKeysOfCallers(
  client: ClickHouseClient,
  span: Span,
  keys: readonly string[],
  asOf: number | null,
): Promise<string[]> {
  const rows = await readRows(client, keysOfCallersQuery, { ...secondsOf(span), keys }, asOf);
  return rows.map((row) => row.key_id);
}

const callersOfKeysQuery = defineQuery("check/callers-of-keys", {
  asOf: true,
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()), least: z.number() },
  row: { key_id: z.string(), caller: z.string(), known_from_s: z.number() },
});

/** The callers that reported some keys in at least so many minutes of whole days. */
export async function readCallersOfKeys(
  client: ClickHouseClient,
  days: Span,
  { keys, least }: { readonly keys: readonly string[]; readonly least: number },
  asOf: number | null,
): Promise<KnownCaller[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, callersOfKeysQuery, { ...secondsOf(days), keys, least }, asOf);
  return rows.map(({ key_id, caller, known_from_s }) => ({ keyId: key_id, caller, knownFrom: known_from_s * 1000 }));
}

const comparedBlocksQuery = defineQuery("check/compared-blocks", {
  asOf: true,
  params: {
    caller_keys: listOf(z.string()),
    callers: listOf(z.string()),
    known_from: listOf(z.number()),
    from: z.number(),
    until: z.number(),
    step: z.number(),
  },
  row: {
    key_id: z.string(),
    at: z.array(z.number()),
    gateway: z.array(z.number()),
    caller: z.array(z.number()),
    spend_micros: z.array(z.number()),
  },
});

/** What is to be compared of the keys of some callers in a span, in blocks of so many ms. */
export async function readComparedBlocks(
  client: ClickHouseClient,
  span: Span,
  { callers, stepMs }: { readonly callers: readonly KnownCaller[]; readonly stepMs: number },
  asOf: number | null,
): Promise<ComparedKey[]> {
  if (callers.length === 0) return [];
  const params = {
    caller_keys: callers.map(({ keyId }) => keyId),
    callers: callers.map(({ caller }) => caller),
    known_from: callers.map(({ knownFrom }) => knownFrom / 1000),
    ...secondsOf(span),
    step: stepMs / 1000,
  };
  const rows = await readRows(client, comparedBlocksQuery, params, asOf);
  return rows.map(({ key_id, at, gateway, caller, spend_micros }) => ({
    keyId: key_id,
    at: at.map((block) => span.from + block * stepMs),
    gateway,
    caller,
    spendMicros: spend_micros,
  }));
}

const secondsOf = ({ from, until }: Span) => ({ from: Math.floor(from / 1000), until: Math.floor(until / 1000) });

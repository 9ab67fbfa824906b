import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** Hours (epoch ms, half-open) in which keys were used. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** A key that nobody registered, and its served requests. */
export interface UnregisteredUse {
  readonly keyId: string;
  readonly served: number;
}

const seconds = (ms: number) => Math.floor(ms / 1000);

const keysInUseQuery = defineQuery("check/keys-in-use", {
  asOf: true,
  params: { from: z.number(), until: z.number() },
  row: { keys: z.number() },
});

/** About how many keys were used in a span. */
export async function countKeysInUse(
  client: ClickHouseClient,
  { from, until }: Span,
  asOf: number | null,
): Promise<number> {
  const params = { from: seconds(from), until: seconds(until) };
  const [row] = await readRows(client, keysInUseQuery, params, asOf);
  return row?.keys ?? 0;
}

const unregisteredInUseQuery = defineQuery("check/unregistered-in-use", {
  asOf: true,
  params: {
    served_until: z.number(),
    served_from: z.number(),
    until: z.number(),
    registry_at: z.date(),
    visible: z.date(),
    from: z.number(),
    most: z.number(),
  },
  row: { key_id: z.string(), served: z.number() },
});

/** Keys of a span that the registry lacks as of an instant (epoch ms): those that were served most in another span first, at most `most`. */
export async function readUnregisteredInUse(
  client: ClickHouseClient,
  of: {
    readonly used: Span;
    readonly served: Span;
    readonly registry: { readonly at: number; readonly visible: number };
    readonly most: number;
  },
  asOf: number | null,
): Promise<UnregisteredUse[]> {
  const { used, served, registry, most } = of;
  const params = {
    from: seconds(used.from),
    until: seconds(used.until),
    served_from: seconds(served.from),
    served_until: seconds(served.until),
    registry_at: new Date(registry.at),
    visible: new Date(registry.visible),
    most,
  };
  const rows = await readRows(client, unregisteredInUseQuery, params, asOf);
  return rows.map((row) => ({ keyId: row.key_id, served: row.served }));
}

/** A part of the use of keys that are not judged. */
export interface UnjudgedPart {
  readonly kind: "all" | "network" | "source";
  readonly name: string;
  readonly keys: number;
  readonly requests: number;
}

const unjudgedUseQuery = defineQuery("check/unjudged-use", {
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()) },
  row: { kind: z.enum(["all", "network", "source"]), name: z.string(), keys: z.number(), requests: z.number() },
});

/** How much keys that are not among those that are judged were used in a span: all together, and the largest networks and ingest sources. */
export async function readUnjudgedUse(
  client: ClickHouseClient,
  { from, until }: Span,
  judged: readonly string[],
): Promise<UnjudgedPart[]> {
  const params = { from: seconds(from), until: seconds(until), keys: judged };
  return readRows(client, unjudgedUseQuery, params);
}

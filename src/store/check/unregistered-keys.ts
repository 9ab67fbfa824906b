import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

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

/** About how many keys were used in a span. */
export async function countKeysInUse(
  client: ClickHouseClient,
  { from, until }: Span,
  asOf: number | null,
): Promise<number> {
  const params = { from: seconds(from), until: seconds(until) };
  const [row] = await readRows<{ keys: number }>(client, "check/keys-in-use", params, asOf);
  return row?.keys ?? 0;
}

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
  const rows = await readRows<{ key_id: string; served: number }>(client, "check/unregistered-in-use", params, asOf);
  return rows.map((row) => ({ keyId: row.key_id, served: row.served }));
}

/** A part of the use of keys that are not judged. */
export interface UnjudgedPart {
  readonly kind: "all" | "network" | "source";
  readonly name: string;
  readonly keys: number;
  readonly requests: number;
}

/** How much keys that are not among those that are judged were used in a span: all together, and the largest networks and ingest sources. */
export async function readUnjudgedUse(
  client: ClickHouseClient,
  { from, until }: Span,
  judged: readonly string[],
): Promise<UnjudgedPart[]> {
  const params = { from: seconds(from), until: seconds(until), keys: judged };
  return readRows<UnjudgedPart>(client, "check/unjudged-use", params);
}

import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { RequestEvent } from "../../../src/model/event/request-event.js";
import type { Store } from "../../../src/store/store.js";
import { acceptEvents } from "../../helpers/accept-events.js";
import { STORABLE_SPAN } from "../../../src/model/event/accepted-span.js";

const CONNECTIONS = 2;

/** Blocks of JSONEachRow, ready to be sent, of the rows that ingest makes of bodies. */
export function jsonBlocks(bodies: readonly Buffer[], rowsPerBlock: number): string[] {
  const rules = {
    span: STORABLE_SPAN,
    peppers: [],
    resolveKey: () => undefined,
    priceOf: () => 0,
    networkOf: () => null,
    isHistory: true,
  };
  const rows = bodies.flatMap((body) => {
    const accepted = acceptEvents(body, "ndjson", rules);
    if (accepted.kind !== "events" || accepted.rejected > 0) throw new Error("the bench's own events were refused");
    return accepted.events.map(jsonRow);
  });
  return Array.from({ length: Math.ceil(rows.length / rowsPerBlock) }, (_, index) =>
    rows.slice(index * rowsPerBlock, (index + 1) * rowsPerBlock).join("\n"),
  );
}

/** Inserts blocks as any program would, over two connections, and says how many seconds it took. */
export async function insertBare(store: Store, blocks: readonly string[]): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const insertRest = async (): Promise<void> => {
    while (next < blocks.length) {
      const body = blocks[next]!;
      next += 1;
      const { stream } = await store.client.exec({
        query: "INSERT INTO requests FORMAT JSONEachRow",
        values: Readable.from([Buffer.from(body)], { objectMode: false }),
        clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
      });
      await finished(stream.resume());
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, insertRest));
  return (performance.now() - startedAt) / 1000;
}

function jsonRow(event: RequestEvent): string {
  return JSON.stringify({
    ts: new Date(event.ts).toISOString(),
    key_id: event.keyId,
    observed_by: event.observedBy,
    id: event.id,
    source_ip: event.sourceIp ?? "::",
    asn: event.asn,
    network_type: event.networkType,
    method: event.method,
    route: event.route,
    status: event.status,
    latency_ms: event.latencyMs,
    bytes: event.bytes,
    spend_micros: event.spendMicros,
    unit_millis: event.unitMillis,
    count: event.count,
    scope: event.scope,
    user_agent: event.userAgent,
    region: event.region,
    service: event.service,
    ingest_source: "bench",
  });
}

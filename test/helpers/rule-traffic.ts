import { parseAddress } from "../../src/model/network/parse-address.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import type { Store } from "../../src/store/store.js";

/** A served request from an office network, with what a test says of it; `source` is an address as people write it. */
export function request(
  given: Partial<RequestEvent> & Pick<RequestEvent, "ts" | "keyId">,
  source = "10.1.0.5",
): RequestEvent {
  return {
    sessionKeyId: "",
    observedBy: "gateway",
    id: "",
    sourceIp: source === "" ? null : parseAddress(source),
    asn: source.startsWith("10.") ? 0 : 64_500,
    networkType: source.startsWith("10.") ? "internal" : "hosting",
    method: "GET",
    route: "/v1/charges",
    status: 200,
    latencyMs: 5,
    bytes: 100,
    spendMicros: 0,
    unitMillis: 0,
    count: 1,
    scope: "",
    userAgent: "curl/8",
    tlsFingerprint: "",
    region: "",
    service: "",
    maskedFields: "",
    isHistory: true,
    ...given,
  };
}

let inserts = 0;

/** Writes events as ingest would. */
export async function insertEvents(store: Store, events: readonly RequestEvent[]): Promise<void> {
  for (const block of blocksOf([{ source: "test", events }]))
    await insertPieces(store.client, [block.data], `rules:${(inserts += 1)}`);
}

/** One event a minute, of as many requests as it is given, over minutes from an instant (epoch ms) on; of zero requests none. */
export function perMinute(
  keyId: string,
  from: number,
  counts: readonly number[],
  changed: Partial<RequestEvent> = {},
  source?: string,
): RequestEvent[] {
  return counts.flatMap((count, i) =>
    count === 0 ? [] : [request({ ts: from + i * 60_000 + 1000, keyId, count, ...changed }, source)],
  );
}

/** Lets a source be heard once a day, without an event, on so many days from an instant (epoch ms) on. */
export async function hearDays(store: Store, from: number, days: number): Promise<void> {
  const values = Array.from({ length: days }, (_, n) => ({
    minute: Math.floor(from / 1000) + n * 86_400,
    source: "test",
    events: 0,
    last_ingested_at: 0,
  }));
  await store.shards[0]!.insert({ table: "ingest_coverage", values, format: "JSONEachRow" });
}

import type { RequestEvent } from "../model/request-event.js";

/** Columns of text, each written as its distinct values and where they stand: ClickHouse makes of them what the table wants. */
const TEXTS: readonly (readonly [string, (event: RequestEvent) => string])[] = [
  ["key_id", (event) => event.keyId],
  ["observed_by", (event) => event.observedBy],
  ["id", (event) => event.id],
  ["source_ip", (event) => event.sourceIp ?? "::"],
  ["network_type", (event) => event.networkType],
  ["method", (event) => event.method],
  ["route", (event) => event.route],
  ["scope", (event) => event.scope],
  ["user_agent", (event) => event.userAgent],
  ["region", (event) => event.region],
  ["service", (event) => event.service],
  ["masked_fields", (event) => event.maskedFields],
];

/** Columns of numbers, with the type under which they are written. */
const NUMBERS: readonly (readonly [string, keyof typeof WRITERS, (event: RequestEvent) => number])[] = [
  ["ts", "DateTime64(3, 'UTC')", (event) => event.ts],
  ["asn", "UInt32", (event) => event.asn],
  ["status", "UInt16", (event) => event.status],
  ["latency_ms", "Float32", (event) => event.latencyMs],
  ["bytes", "UInt64", (event) => event.bytes],
  ["spend_micros", "UInt64", (event) => event.spendMicros],
  ["unit_millis", "UInt64", (event) => event.unitMillis],
  ["count", "UInt32", (event) => event.count],
];

type Of = (event: RequestEvent) => number;
const WRITERS = {
  UInt16: (events: readonly RequestEvent[], of: Of) => fill(new Uint16Array(events.length), events, of),
  UInt32: (events: readonly RequestEvent[], of: Of) => fill(new Uint32Array(events.length), events, of),
  Float32: (events: readonly RequestEvent[], of: Of) => fill(new Float32Array(events.length), events, of),
  UInt64: wide,
  "DateTime64(3, 'UTC')": wide,
} as const;

/** Marks of a column of distinct values in the Native format: version 1, and that its values come with it. */
const VERSION = 1;
const VALUES_INCLUDED = (1 << 9) | (1 << 10);

/**
 * Rows of `requests` as one block of ClickHouse's Native format, which takes a quarter of the time that text takes to read. All but
 * ingested_at, which is ClickHouse's clock, and the source, which is the same for all. Numbers are little-endian, as on every
 * machine that Node runs on.
 */
export function nativeBlock(events: readonly RequestEvent[], source: string): Buffer {
  const out: Uint8Array[] = [varUint(TEXTS.length + NUMBERS.length + 1), varUint(events.length)];
  for (const [name, type, of] of NUMBERS) {
    const { buffer } = WRITERS[type](events, of);
    out.push(text(name), text(type), new Uint8Array(buffer));
  }
  for (const [name, of] of TEXTS) writeTexts(out, name, events, of);
  writeTexts(out, "ingest_source", events, () => source);
  return Buffer.concat(out);
}

function fill<Numbers extends Uint16Array | Uint32Array | Float32Array>(
  numbers: Numbers,
  events: readonly RequestEvent[],
  of: Of,
): Numbers {
  for (let i = 0; i < events.length; i += 1) numbers[i] = of(events[i]!);
  return numbers;
}

/** Whole numbers below 2^53 in eight bytes each. */
function wide(events: readonly RequestEvent[], of: Of): Uint32Array {
  const halves = new Uint32Array(2 * events.length);
  for (let i = 0; i < events.length; i += 1) {
    const value = of(events[i]!);
    halves[2 * i] = value;
    halves[2 * i + 1] = value / 2 ** 32;
  }
  return halves;
}

function writeTexts(
  out: Uint8Array[],
  name: string,
  events: readonly RequestEvent[],
  of: (event: RequestEvent) => string,
): void {
  const places = new Map<string, number>();
  const at = new Uint32Array(events.length);
  // Many columns hold one value in all rows: what is like the row before needs no look.
  let last: string | undefined;
  let place: number | undefined = 0;
  for (let i = 0; i < events.length; i += 1) {
    const value = of(events[i]!);
    if (value !== last) {
      last = value;
      place = places.get(value);
      if (place === undefined) places.set(value, (place = places.size));
    }
    at[i] = place;
  }
  const width = places.size <= 2 ** 8 ? 0 : places.size <= 2 ** 16 ? 1 : 2;
  const indexes = width === 0 ? Uint8Array.from(at) : width === 1 ? Uint16Array.from(at) : at;
  out.push(text(name), text("LowCardinality(String)"), uint64(VERSION), uint64(VALUES_INCLUDED | width));
  out.push(uint64(places.size), Buffer.concat([...places.keys()].map(text)));
  out.push(uint64(events.length), new Uint8Array(indexes.buffer));
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([varUint(bytes.length), bytes]);
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value);
  return bytes;
}

function varUint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

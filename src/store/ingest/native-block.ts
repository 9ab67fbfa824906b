import type { RequestEvent } from "../../model/event/request-event.js";
import { ByteWriter } from "../clickhouse/byte-writer.js";

/** Events that one ingest token delivered. */
export interface SourcedEvents {
  readonly source: string;
  readonly events: readonly RequestEvent[];
}

/** A column's values, one for each event. Every column walks the events by itself, so that each walk reads one field of one shape. */
type Texts = (events: readonly RequestEvent[]) => string[];

/** Columns of text, each written as its distinct values and where they stand: ClickHouse makes of them what the table wants. */
const TEXTS: readonly (readonly [string, Texts])[] = [
  ["key_id", (events) => events.map((event) => event.keyId)],
  ["session_key_id", (events) => events.map((event) => event.sessionKeyId)],
  ["observed_by", (events) => events.map((event) => event.observedBy)],
  ["source_ip", (events) => events.map((event) => event.sourceIp ?? "::")],
  ["network_type", (events) => events.map((event) => event.networkType)],
  ["method", (events) => events.map((event) => event.method)],
  ["route", (events) => events.map((event) => event.route)],
  ["scope", (events) => events.map((event) => event.scope)],
  ["user_agent", (events) => events.map((event) => event.userAgent)],
  ["tls_fingerprint", (events) => events.map((event) => event.tlsFingerprint)],
  ["region", (events) => events.map((event) => event.region)],
  ["service", (events) => events.map((event) => event.service)],
  ["masked_fields", (events) => events.map((event) => event.maskedFields)],
];

type Write = (out: ByteWriter, events: readonly RequestEvent[]) => void;

/** Columns of which each row has its own value, with the type under which they are written. */
const VALUES: readonly (readonly [string, string, Write])[] = [
  ["ts", "DateTime64(3, 'UTC')", (out, events) => events.forEach((event) => out.uint64(event.ts))],
  ["asn", "UInt32", (out, events) => events.forEach((event) => out.uint32(event.asn))],
  ["status", "UInt16", (out, events) => events.forEach((event) => out.uint16(event.status))],
  ["latency_ms", "Float32", (out, events) => events.forEach((event) => out.float32(event.latencyMs))],
  ["bytes", "UInt64", (out, events) => events.forEach((event) => out.uint64(event.bytes))],
  ["spend_micros", "UInt64", (out, events) => events.forEach((event) => out.uint64(event.spendMicros))],
  ["unit_millis", "UInt64", (out, events) => events.forEach((event) => out.uint64(event.unitMillis))],
  ["count", "UInt32", (out, events) => events.forEach((event) => out.uint32(event.count))],
  ["is_history", "UInt8", (out, events) => events.forEach((event) => out.uint8(event.isHistory ? 1 : 0))],
  ["id", "String", (out, events) => events.forEach((event) => out.text(event.id))],
];

const DISTINCT = "LowCardinality(String)";

/** Every column of a block with its type as it is written. */
export const NATIVE_COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ...VALUES.map(([name, type]) => [name, type] as const),
  ...TEXTS.map(([name]) => [name, DISTINCT] as const),
  ["ingest_source", DISTINCT],
];

/** Marks of a column of distinct values in the Native format: version 1, and that its values come with it. */
const VERSION = 1;
const VALUES_INCLUDED = (1 << 9) | (1 << 10);

const headersOfValues = VALUES.map(([name, type]) => headerOf(name, type));
const headersOfTexts = TEXTS.map(([name]) => headerOf(name, DISTINCT, VERSION));
const headerOfSource = headerOf("ingest_source", DISTINCT, VERSION);

/**
 * Rows of `requests` as one block of ClickHouse's Native format, which takes a quarter of the time that text takes to read. All but
 * ingested_at, which is ClickHouse's clock. Blocks that follow each other are one input.
 */
export function nativeBlock(parts: readonly SourcedEvents[]): Buffer {
  const [first] = parts;
  const events = parts.length === 1 && first !== undefined ? first.events : parts.flatMap((part) => part.events);
  const out = new ByteWriter(1500 + 120 * events.length);
  out.varUint(TEXTS.length + VALUES.length + 1);
  out.varUint(events.length);
  for (const [column, [, , write]] of VALUES.entries()) {
    out.bytes(headersOfValues[column]!);
    write(out, events);
  }
  for (const [column, [, of]] of TEXTS.entries()) {
    out.bytes(headersOfTexts[column]!);
    writeTexts(out, of(events));
  }
  out.bytes(headerOfSource);
  const sources = parts.flatMap(({ source, events: { length } }) => Array.from({ length }, () => source));
  writeTexts(out, sources);
  return out.finish();
}

function writeTexts(out: ByteWriter, values: readonly string[]): void {
  const rows = values.length;
  const places = new Map<string, number>();
  const at = new Uint32Array(rows);
  // Many columns hold one value in all rows: what is like the row before needs no look.
  let last: string | undefined;
  let place: number | undefined = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row]!;
    if (value !== last) {
      last = value;
      place = places.get(value);
      if (place === undefined) places.set(value, (place = places.size));
    }
    at[row] = place;
  }
  const width = places.size <= 2 ** 8 ? 0 : places.size <= 2 ** 16 ? 1 : 2;
  out.uint64(VALUES_INCLUDED | width);
  out.uint64(places.size);
  for (const value of places.keys()) out.text(value);
  out.uint64(rows);
  const indexes = width === 0 ? Uint8Array.from(at) : width === 1 ? Uint16Array.from(at) : at;
  // Little-endian, as on every machine that Node runs on.
  out.bytes(new Uint8Array(indexes.buffer));
}

function headerOf(name: string, type: string, version?: number): Buffer {
  const out = new ByteWriter(64);
  out.text(name);
  out.text(type);
  if (version !== undefined) out.uint64(version);
  return out.finish();
}

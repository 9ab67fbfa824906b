import { gzipSync } from "node:zlib";
import type { RequestEvent } from "../model/request-event.js";
import { nativeBlock, type SourcedEvents } from "./native-block.js";

/** Rows of `requests` as ClickHouse reads them: its Native format, compressed by gzip. Encoded once, and only forwarded from there on. */
export interface RequestBlock {
  readonly rows: number;
  readonly data: Buffer;
}

/** Every column of `requests` but ingested_at, which is ClickHouse's clock. */
export const REQUEST_COLUMNS = [
  "ts",
  "key_id",
  "observed_by",
  "id",
  "source_ip",
  "asn",
  "network_type",
  "method",
  "route",
  "status",
  "latency_ms",
  "bytes",
  "spend_micros",
  "unit_millis",
  "count",
  "scope",
  "user_agent",
  "region",
  "service",
  "ingest_source",
  "masked_fields",
  "is_history",
] as const;

/** Each day is a partition, and ClickHouse writes a part for each in one insert: 30 parts at once are still cheap. */
export const DAYS_PER_BLOCK = 30;
const DAY_MS = 86_400_000;
/** Level 1 makes 25 bytes of an event's 78; level 6 saves one more and takes three times as long. */
const LEVEL = 1;

/** Events of one source as blocks, in the order given, each touching at most 30 days (partitions). */
export function blocksOf(events: readonly RequestEvent[], source: string): RequestBlock[] {
  const days = [...new Set(events.map(dayOf))].toSorted((a, b) => a - b);
  if (days.length <= DAYS_PER_BLOCK) return events.length === 0 ? [] : [blockOf([{ source, events }])];
  const groupOfDay = new Map(days.map((day, index) => [day, Math.floor(index / DAYS_PER_BLOCK)]));
  const groups = Array.from({ length: Math.ceil(days.length / DAYS_PER_BLOCK) }, (): RequestEvent[] => []);
  for (const event of events) groups[groupOfDay.get(dayOf(event)) ?? 0]?.push(event);
  return groups.map((group) => blockOf([{ source, events: group }]));
}

/** Events of several sources as one block, whatever days they touch. */
export function blockOf(parts: readonly SourcedEvents[]): RequestBlock {
  const rows = parts.reduce((sum, { events }) => sum + events.length, 0);
  return { rows, data: gzipSync(nativeBlock(parts), { level: LEVEL }) };
}

function dayOf(event: RequestEvent): number {
  return Math.floor(event.ts / DAY_MS);
}

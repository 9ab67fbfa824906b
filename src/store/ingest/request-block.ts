import { gzipSync } from "node:zlib";
import type { RequestEvent } from "../../model/event/request-event.js";
import { nativeBlock, type SourcedEvents } from "./native-block.js";

/** Rows of `requests` as ClickHouse reads them: its Native format, compressed by gzip. Encoded once, and only forwarded from there on. */
export interface RequestBlock {
  readonly rows: number;
  readonly data: Buffer;
  readonly rowsBySource: ReadonlyMap<string, number>;
}

/** Every column of `requests` but ingested_at, which is ClickHouse's clock. */
export const REQUEST_COLUMNS = [
  "ts",
  "key_id",
  "session_key_id",
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
  "tls_fingerprint",
  "region",
  "service",
  "ingest_source",
  "masked_fields",
  "is_history",
] as const;

/** Rows of one week, Monday to Sunday (UTC): seven partitions of the tables by day, one of those by week. */
export interface WeekBlock extends RequestBlock {
  /** Weeks since the one of 1970-01-01. */
  readonly week: number;
}

const DAY_MS = 86_400_000;
/** Level 1 makes 25 bytes of an event's 78; level 6 saves one more and takes three times as long. */
const LEVEL = 1;

/** Events as blocks, one for each week that they touch, each in the order given. */
export function blocksOf(parts: readonly SourcedEvents[]): WeekBlock[] {
  const weeks = new Map<number, Map<string, RequestEvent[]>>();
  for (const { source, events } of parts) {
    for (const event of events) {
      const week = weekOfDay(Math.floor(event.ts / DAY_MS));
      const sources = weeks.get(week) ?? new Map<string, RequestEvent[]>();
      if (sources.size === 0) weeks.set(week, sources);
      const known = sources.get(source);
      if (known === undefined) sources.set(source, [event]);
      else known.push(event);
    }
  }
  return [...weeks]
    .toSorted(([one], [other]) => one - other)
    .map(([week, sources]): WeekBlock => {
      return Object.assign({ week }, blockOf([...sources].map(([source, events]) => ({ source, events }))));
    });
}

/** Events of several sources as one block, whatever days they touch. */
export function blockOf(parts: readonly SourcedEvents[]): RequestBlock {
  const rowsBySource = new Map<string, number>();
  for (const { source, events } of parts) rowsBySource.set(source, (rowsBySource.get(source) ?? 0) + events.length);
  const rows = parts.reduce((sum, { events }) => sum + events.length, 0);
  return { rows, rowsBySource, data: gzipSync(nativeBlock(parts), { level: LEVEL }) };
}

/** The week that a day is in, both counted from the epoch, whose first day was a Thursday. */
export function weekOfDay(day: number): number {
  return Math.floor((day + 3) / 7);
}

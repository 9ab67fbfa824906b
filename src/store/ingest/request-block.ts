import { gzipSync } from "node:zlib";
import type { RequestEvent } from "../../model/event/request-event.js";
import { shardOf } from "../clickhouse/shard-of.js";
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

/** Rows of which all keys are on one shard. */
export interface ShardBlock extends RequestBlock {
  /** From 0. */
  readonly shard: number;
}

/** Rows of one week, Monday to Sunday (UTC): seven partitions of the tables by day, one of those by week. */
export interface WeekBlock extends ShardBlock {
  /** Weeks since the one of 1970-01-01. */
  readonly week: number;
}

const DAY_MS = 86_400_000;
/** Level 1 makes 25 bytes of an event's 78; level 6 saves one more and takes three times as long. */
const LEVEL = 1;

/** Events as blocks, one for each week and shard that they touch, each in the order given. */
export function blocksOf(parts: readonly SourcedEvents[], shards = 1): WeekBlock[] {
  const weeks = splitBy(parts, ({ ts }) => weekOfDay(Math.floor(ts / DAY_MS)));
  return weeks.flatMap(([week, ofWeek]) =>
    shardBlocksOf(ofWeek, shards).map((block) => Object.assign({ week }, block)),
  );
}

/** Events as blocks, one for each shard that they touch, whatever days they touch. */
export function shardBlocksOf(parts: readonly SourcedEvents[], shards: number): ShardBlock[] {
  const split = shards === 1 ? [[0, parts] as const] : splitBy(parts, ({ keyId }) => shardOf(keyId, shards));
  return split.map(([shard, ofShard]) => Object.assign({ shard }, blockOf(ofShard)));
}

/** Parts by a number of their events, in the order of these numbers. */
function splitBy(
  parts: readonly SourcedEvents[],
  numberOf: (event: RequestEvent) => number,
): (readonly [number, SourcedEvents[]])[] {
  const split = new Map<number, Map<string, RequestEvent[]>>();
  for (const { source, events } of parts) {
    for (const event of events) {
      const number = numberOf(event);
      const sources = split.get(number) ?? new Map<string, RequestEvent[]>();
      if (sources.size === 0) split.set(number, sources);
      const known = sources.get(source);
      if (known === undefined) sources.set(source, [event]);
      else known.push(event);
    }
  }
  return [...split]
    .toSorted(([one], [other]) => one - other)
    .map(([number, sources]) => [number, [...sources].map(([source, events]) => ({ source, events }))]);
}

/** Events of several sources as one block, whatever days they touch. @public for tests that write one */
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

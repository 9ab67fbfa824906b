import type { RequestEvent } from "../model/request-event.js";

/** Rows of `requests` as one text that ClickHouse reads as TabSeparated in the order of REQUEST_COLUMNS. */
export interface RequestBlock {
  readonly rows: number;
  /** Half-open span of the rows' `ts`, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly data: string;
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
] as const;

/** Each day is a partition, and ClickHouse writes a part for each in one insert: 30 parts at once are still cheap. */
export const DAYS_PER_BLOCK = 30;
const DAY_MS = 86_400_000;

// oxlint-disable-next-line no-control-regex -- these are the characters that end fields and rows
const SPECIAL = /[\\\t\n\r\0]/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\0",
};

/** One row with its line end. Joining an array is twice as fast as one long template, and a quarter faster than JSON. */
export function encodeRow(event: RequestEvent, source: string): string {
  const fields = [
    secondsOf(event.ts),
    escape(event.keyId),
    event.observedBy,
    escape(event.id),
    event.sourceIp ?? "::",
    event.asn,
    event.networkType,
    escape(event.method),
    escape(event.route),
    event.status,
    event.latencyMs,
    event.bytes,
    event.spendMicros,
    event.unitMillis,
    event.count,
    escape(event.scope),
    escape(event.userAgent),
    escape(event.region),
    escape(event.service),
    escape(source),
    event.maskedFields,
  ];
  return `${fields.join("\t")}\n`;
}

/** Seconds with ten digits, for fewer would be read as a year, and milliseconds. */
function secondsOf(ts: number): string {
  const digits = String(ts).padStart(13, "0");
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** Events as blocks in the order given, each touching at most 30 days (partitions). */
export function blocksOf(events: readonly RequestEvent[], source: string): RequestBlock[] {
  const days = [...new Set(events.map(dayOf))].toSorted((a, b) => a - b);
  if (days.length <= DAYS_PER_BLOCK) return events.length === 0 ? [] : [blockOf(events, source)];
  const groupOfDay = new Map(days.map((day, index) => [day, Math.floor(index / DAYS_PER_BLOCK)]));
  const groups = Array.from({ length: Math.ceil(days.length / DAYS_PER_BLOCK) }, (): RequestEvent[] => []);
  for (const event of events) groups[groupOfDay.get(dayOf(event)) ?? 0]?.push(event);
  return groups.map((group) => blockOf(group, source));
}

function blockOf(events: readonly RequestEvent[], source: string): RequestBlock {
  let from = Infinity;
  let to = 0;
  const rows: string[] = [];
  for (const event of events) {
    if (event.ts < from) from = event.ts;
    if (event.ts >= to) to = event.ts + 1;
    rows.push(encodeRow(event, source));
  }
  return { rows: events.length, from, to, data: rows.join("") };
}

function dayOf(event: RequestEvent): number {
  return Math.floor(event.ts / DAY_MS);
}

function escape(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(/[\\\t\n\r\0]/g, (special) => ESCAPES[special] ?? special) : text;
}

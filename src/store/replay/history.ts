import { z } from "zod";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { SettingsMap, type ClickHouseClient, type ClickHouseSettings } from "@clickhouse/client";
import { readRows } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import { REQUEST_COLUMNS } from "../ingest/request-block.js";
import { readFills } from "../clickhouse/sql-files.js";

/** Rows that are summed up at once: what is held of them in memory stays below some gigabytes. */
const ROWS_PER_FILL = 10_000_000;

const DAY_MS = 86_400_000;

/** Large inserts of what nobody else writes: no deduplication, and as many days at once as there are. */
const IN_BULK: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 0,
  max_partitions_per_insert_block: "0",
  input_format_skip_unknown_fields: 0,
  max_execution_time: 0,
  // Rows of a summing table that share a key are merged when they are read.
  optimize_on_insert: 0,
};

/** Writes blocks of rows of `requests` (src/store/ingest/native-block.ts) in one insert. */
export async function insertHistory(client: ClickHouseClient, blocks: AsyncIterable<Uint8Array>): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO requests (${REQUEST_COLUMNS.join(", ")}) FORMAT Native`,
    values: Readable.from(blocks, { objectMode: false }),
    clickhouse_settings: IN_BULK,
  });
  // The answer is empty; unread it would keep its connection.
  await finished(stream.resume());
}

/** A day (UTC) with events. */
export interface EventDay {
  /** Epoch ms of its start. */
  readonly dayAt: number;
  readonly events: number;
}

const eventsPerDayQuery = defineQuery("replay/events-per-day", {
  params: {},
  row: { day_s: z.number(), events: z.number() },
});

/** Every day with events, oldest first. */
export async function readEventDays(client: ClickHouseClient): Promise<EventDay[]> {
  const rows = await readRows(client, eventsPerDayQuery, {});
  return rows.map((row) => ({ dayAt: row.day_s * 1000, events: row.events }));
}

/** Fills every roll-up of a database without views from all of `requests`, once, by the very text of the views, some days at a time. */
export async function fillRollups(client: ClickHouseClient, rowsAtOnce = ROWS_PER_FILL): Promise<void> {
  const fills = readFills();
  for (const { from, to } of spansOf(await readEventDays(client), rowsAtOnce)) {
    for (const { table, select } of fills) {
      await client.command({
        query: `INSERT INTO ${table} ${select}`,
        clickhouse_settings: { ...IN_BULK, additional_table_filters: filterOf(select, from, to) },
      });
    }
  }
}

/** Spans of whole days, epoch seconds, half-open, each of not many more rows than are summed up at once. */
function spansOf(days: readonly EventDay[], rowsAtOnce: number): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number; events: number }[] = [];
  for (const { dayAt, events } of days) {
    const [from, to] = [dayAt / 1000, (dayAt + DAY_MS) / 1000];
    const last = spans.at(-1);
    if (last === undefined || last.events + events > rowsAtOnce) spans.push({ from, to, events });
    else [last.to, last.events] = [to, last.events + events];
  }
  return spans;
}

/** The column that says when a row of a table was, by the table's name. */
const INSTANTS = [
  [/^requests$/, "ts"],
  [/_minutes$/, "minute"],
  [/_hours$/, "hour"],
  [/^provider_reports$/, "hour"],
] as const;

/** Where what was seen first and last is read, all of it may be read for each span: once more changes nothing. */
const READ_WHOLE: ReadonlySet<string> = new Set(["first_seen"]);

/** Restricts what a view reads to a span. @throws Error for a table of which it is not known how: rows would be counted twice. */
function filterOf(select: string, from: number, to: number): SettingsMap {
  const source = /\bFROM (\w+)/.exec(select)?.[1] ?? "";
  if (READ_WHOLE.has(source)) return SettingsMap.from({});
  const instant = INSTANTS.find(([name]) => name.test(source))?.[1];
  if (instant === undefined) throw new Error(`a view reads from ${source}, which cannot be cut into days`);
  return SettingsMap.from({
    [source]: `${instant} >= fromUnixTimestamp(${from}) AND ${instant} < fromUnixTimestamp(${to})`,
  });
}

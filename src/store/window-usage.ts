import { OBSERVERS, type ObservedBy } from "../model/request-event.js";
import { readBinary, type BinaryRows } from "./binary-rows.js";
import { readRows, type ClickHouseClient } from "./clickhouse.js";
import type { NoveltyRowLevel } from "../model/novelty.js";
import { noveltyParams, type NoveltyContext, type Subject } from "./usage.js";

/** What a key had used by each of a row of marks in time. */
export interface UsageAtMarks extends Subject {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/**
 * What every key had used since 24 h before an hour (epoch ms), at each minute in which a window of a tick of that hour can begin: 61
 * marks each of the hours that begin 24, 6 and 1 hours before.
 */
export async function readUsageEdges(
  client: ClickHouseClient,
  hour: number,
  asOf: number | null,
): Promise<UsageAtMarks[]> {
  return marksOf(await readBinary(client, "usage-edges", { hour: seconds(hour) }, asOf));
}

/**
 * What every key used in the stretches of an hour between marks.
 * @param stretches for each minute from the hour (epoch ms) on, as far as it is asked for, in which of `count` stretches it lies
 */
export async function readUsageOfHour(
  client: ClickHouseClient,
  hour: number,
  { stretches, count }: { readonly stretches: readonly number[]; readonly count: number },
  asOf: number | null,
): Promise<UsageAtMarks[]> {
  const until = seconds(hour) + stretches.length * 60;
  return marksOf(await readBinary(client, "usage-of-hour", { hour: seconds(hour), until, stretches, count }, asOf));
}

function marksOf(rows: BinaryRows): UsageAtMarks[] {
  const found: UsageAtMarks[] = [];
  while (rows.more()) {
    const keyId = rows.text();
    const observedBy = OBSERVERS[rows.byte() - 1]!;
    found.push({ keyId, observedBy, requests: rows.floats(), spendMicros: rows.floats() });
  }
  return found;
}

/** Traffic of a key that was new to it at all of `levels`, each since its `seenAt` (epoch ms); minutes are counted from the span's start. */
export interface NovelMinutes extends Subject {
  readonly levels: readonly NoveltyRowLevel[];
  readonly seenAt: readonly number[];
  readonly minutes: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

/** Traffic of every key in a span (epoch ms, half-open) from what was new to it at `hour`, the first hour of ticks that ask for it. */
export async function readNovelMinutes(
  client: ClickHouseClient,
  span: NoveltyContext & { readonly hour: number; readonly from: number; readonly until: number },
  asOf: number | null,
): Promise<NovelMinutes[]> {
  type Row = {
    key_id: string;
    observed_by: ObservedBy;
    levels: NoveltyRowLevel[];
    seen_s: number[];
    minutes: number[];
    requests: number[];
    spend_micros: number[];
  };
  const params = noveltyParams({ hour: span.hour, from: span.from, until: span.until, keys: [] }, span);
  const rows = await readRows<Row>(client, "novel-minutes", params, asOf);
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    levels: row.levels,
    seenAt: row.seen_s.map((at) => at * 1000),
    minutes: row.minutes,
    requests: row.requests,
    spendMicros: row.spend_micros,
  }));
}


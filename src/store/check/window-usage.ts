import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readBinary, type BinaryRows } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";

/** What a key had used by each of a row of marks in time. */
export interface UsageAtMarks extends Subject {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

const row = {
  key_id: z.string(),
  observer: z.number(),
  used_requests: z.array(z.number()),
  used_spend: z.array(z.number()),
};
const usageEdgesQuery = defineBinaryQuery("check/usage-edges", {
  asOf: true,
  params: { hour: z.number(), keys: listOf(z.string()) },
  row,
});
const usageOfHourQuery = defineBinaryQuery("check/usage-of-hour", {
  asOf: true,
  params: {
    hour: z.number(),
    until: z.number(),
    stretches: listOf(z.number()),
    count: z.number(),
    keys: listOf(z.string()),
  },
  row,
});

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Minutes of each hour in which windows of a tick begin, and where the totals of the three hours begin in readUsageEdges. */
const EDGE_MINUTES = 60;
export const EDGE_MARKS = 3 * (EDGE_MINUTES + 1);

/**
 * What some keys (none: every key) had used since 24 h before an hour (epoch ms), at each minute in which a window of a tick of that hour can begin: 61
 * marks each of the hours that begin 24, 6 and 1 hours before.
 */
export async function readUsageEdges(
  client: ClickHouseClient,
  hour: number,
  keys: readonly string[],
  asOf: number | null,
): Promise<UsageAtMarks[]> {
  return readMarks(await readBinary(client, usageEdgesQuery, { hour: seconds(hour), keys }, asOf), edgeTotals);
}

/**
 * What some keys (none: every key) had used since an hour began (epoch ms), at each of `count` + 1 marks, the first of which is its beginning.
 * @param stretches for each minute of the hour, as far as it is asked for, after which of the marks it lies
 */
export async function readUsageOfHour(
  client: ClickHouseClient,
  hour: number,
  of: { readonly stretches: readonly number[]; readonly count: number; readonly keys: readonly string[] },
  asOf: number | null,
): Promise<UsageAtMarks[]> {
  const until = seconds(hour) + of.stretches.length * 60;
  const params = { hour: seconds(hour), until, ...of };
  return readMarks(await readBinary(client, usageOfHourQuery, params, asOf), (sums) =>
    runningTotals(sums, 0, of.count, 0),
  );
}

/** From two sums of what lies between the three hours, and their minutes, to running totals. */
function edgeTotals(sums: Float64Array): Float64Array {
  // Hour rows alone: the key did nothing in these minutes.
  const minutes = sums.length === 2 ? new Float64Array(2 + 3 * EDGE_MINUTES) : sums;
  const totals = new Float64Array(EDGE_MARKS);
  let before = 0;
  for (let edge = 0; edge < 3; edge += 1) {
    if (edge > 0) before += sums[edge - 1]!;
    const of = runningTotals(minutes, 2 + edge * EDGE_MINUTES, EDGE_MINUTES, before);
    totals.set(of, edge * (EDGE_MINUTES + 1));
    before = of[EDGE_MINUTES]!;
  }
  return totals;
}

function runningTotals(sums: Float64Array, from: number, count: number, start: number): Float64Array {
  const totals = new Float64Array(count + 1);
  totals[0] = start;
  for (let i = 0; i < count; i += 1) totals[i + 1] = totals[i]! + sums[from + i]!;
  return totals;
}

function readMarks(rows: BinaryRows, totals: (sums: Float64Array) => Float64Array): UsageAtMarks[] {
  const found: UsageAtMarks[] = [];
  while (rows.more()) {
    const keyId = rows.text();
    const observedBy = OBSERVERS[rows.byte() - 1]!;
    found.push({ keyId, observedBy, requests: totals(rows.floats()), spendMicros: totals(rows.floats()) });
  }
  return found;
}

import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";

const HOUR_MS = 3_600_000;
const seconds = (ms: number) => Math.floor(ms / 1000);

/** A stretch of time in whole minutes (epoch ms): summed from `from` to `till`, minute by minute from there to `to`. */
export interface Stretch {
  readonly from: number;
  readonly till: number;
  readonly to: number;
}

/** Usage in one stretch: the sum, and the minutes with traffic in order, of which one may come several times. */
export interface StretchUsage extends Subject {
  /** Position of the stretch in what was asked. */
  readonly stretch: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly series: readonly { readonly minute: number; readonly requests: number; readonly spendMicros: number }[];
}

/** Usage of some keys (`"all"`: every key) in some stretches; stretches without traffic have no row. One scan for each stretch. */
export async function readStretches(
  client: ClickHouseClient,
  keys: readonly string[] | "all",
  stretches: readonly Stretch[],
  asOf: number | null,
): Promise<StretchUsage[]> {
  if (keys.length === 0) return [];
  const listed = keys === "all" ? [] : keys;
  const usage: StretchUsage[][] = [];
  for (const [at, stretch] of stretches.entries()) {
    usage.push(await readStretch(client, { keys: listed, stretch, at }, asOf));
  }
  return usage.flat();
}

const usageStretchQuery = defineQuery("check/usage-stretch", {
  asOf: true,
  params: {
    till: z.number(),
    first_hour: z.number(),
    last_hour: z.number(),
    from: z.number(),
    to: z.number(),
    keys: listOf(z.string()),
  },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    sum_requests: z.number(),
    sum_spend: z.number(),
    series: z.array(z.tuple([z.number(), z.number(), z.number()])),
  },
});

async function readStretch(
  client: ClickHouseClient,
  { keys, stretch, at }: { readonly keys: readonly string[]; readonly stretch: Stretch; readonly at: number },
  asOf: number | null,
): Promise<StretchUsage[]> {
  const { from, till, to } = stretch;
  const firstHour = Math.ceil(from / HOUR_MS) * HOUR_MS;
  // Where no hour is whole, the minutes speak for all of it.
  const lastHour = Math.max(firstHour, Math.floor(till / HOUR_MS) * HOUR_MS);
  const hours =
    lastHour === firstHour
      ? { first_hour: seconds(to), last_hour: seconds(to) }
      : { first_hour: seconds(firstHour), last_hour: seconds(lastHour) };
  const params = { keys, from: seconds(from), till: seconds(till), to: seconds(to), ...hours };
  const rows = await readRows(client, usageStretchQuery, params, asOf);
  return rows.map((row) => ({
    stretch: at,
    keyId: row.key_id,
    observedBy: row.observed_by,
    requests: row.sum_requests,
    spendMicros: row.sum_spend,
    series: row.series.map(([minute, requests, spendMicros]) => ({ minute: minute * 1000, requests, spendMicros })),
  }));
}

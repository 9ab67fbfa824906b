import { z } from "zod";
import { HourForecasts, type DayForecast, type SnapshotFigures } from "../../model/finding/hour-forecast.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readBinary, type BinaryRows } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";

const floats = z.array(z.number());
/** In the order in which readFigures reads them. */
const snapshotColumns = {
  key_id: z.string(),
  observer: z.number(),
  figures: floats,
  churn: floats,
  levels: floats,
  losses: floats,
  noise: floats,
};
const hourForecastsQuery = defineBinaryQuery("check/hour-forecasts", {
  params: {
    day: z.string(),
    visible: z.date(),
    froms: listOf(z.number()),
    lengths: listOf(z.number()),
    shares: listOf(z.number()),
  },
  row: {
    ...snapshotColumns,
    weekly_marks: floats,
    daily_marks: floats,
  },
});

const dayForecastsQuery = defineBinaryQuery("check/day-forecasts", {
  params: { day: z.string(), visible: z.date() },
  row: {
    ...snapshotColumns,
    weekly: floats,
    daily: floats,
  },
});

type Figures = readonly [number, number, number, number, number];

/**
 * What snapshots of a day (`YYYY-MM-DD`), as visible at an instant (epoch ms), say of one hour.
 * @param marks where the three runs of slots begin before which running totals are needed, and how many each has
 * @param shares known share of each of the snapshots' slots; null when all of it is
 */
export async function readHourForecasts(
  client: ClickHouseClient,
  day: string,
  visible: number,
  marks: { readonly froms: readonly number[]; readonly lengths: readonly number[] },
  shares: Float64Array | null,
): Promise<HourForecasts> {
  const params = { day, visible: new Date(visible), ...marks, shares: shares === null ? [] : [...shares] };
  const rows = await readBinary(client, hourForecastsQuery, params);
  const count = rows.count(() => {
    rows.skipText();
    rows.byte();
    for (let arrays = 0; arrays < ARRAYS; arrays += 1) rows.skipFloats();
  });
  const found = new HourForecasts(
    count,
    marks.lengths.reduce((sum, length) => sum + length, 0),
  );
  while (rows.more()) found.add(readFigures(rows), rows.numbers(), rows.numbers());
  return found;
}

/** What such snapshots say of the day itself and the next one, slot by slot. */
export async function readDayForecasts(client: ClickHouseClient, day: string, visible: number): Promise<DayForecast[]> {
  const rows = await readBinary(client, dayForecastsQuery, { day, visible: new Date(visible) });
  const found: DayForecast[] = [];
  while (rows.more()) found.push({ ...readFigures(rows), weeklySlots: rows.floats(), dailySlots: rows.floats() });
  return found;
}

/** Columns of hour-forecasts.sql that are arrays: all but the first two. */
const ARRAYS = 7;

/** The columns that both begin with. */
function readFigures(rows: BinaryRows): SnapshotFigures {
  const keyId = rows.text();
  const observedBy = OBSERVERS[rows.byte() - 1]!;
  const [born, spendPerRequest, flat, frozenDays, suspectUntil] = rows.floats() as unknown as Figures;
  return {
    keyId,
    observedBy,
    bornAt: born * 1000,
    spendPerRequest,
    flat,
    frozenDays,
    suspectUntil,
    churn: rows.numbers(),
    levels: rows.numbers(),
    losses: rows.numbers(),
    noise: rows.numbers(),
  };
}

import { z } from "zod";
import type { Baseline } from "../../model/finding/baseline.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";

const floats = z.array(z.number());
/** In the order in which readBaselines reads them; snapshots of a thousand keys hold two million numbers. */
const baselinesOfDayQuery = defineBinaryQuery("learn/baselines-of-day", {
  params: { day: z.string(), visible: z.date(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observer: z.number(),
    figures: floats,
    novel_requests: floats,
    churn: floats,
    slots: floats,
    weekly: floats,
    daily: floats,
    levels: floats,
    losses: floats,
    noise: floats,
    noise_days: floats,
    daily_max_bins: floats,
    held_days: z.string(),
  },
});

type Figures = readonly [number, number, number, number, number, number, number, number];

/** Snapshots of a day (`YYYY-MM-DD`) as they were visible at an instant (epoch ms), of some keys or of all. */
export async function readBaselines(
  client: ClickHouseClient,
  day: string,
  visible: number,
  keys: readonly string[] = [],
): Promise<Baseline[]> {
  const rows = await readBinary(client, baselinesOfDayQuery, { day, visible: new Date(visible), keys });
  const found: Baseline[] = [];
  while (rows.more()) {
    const keyId = rows.text();
    const observedBy = OBSERVERS[rows.byte() - 1]!;
    const [born, requests, spendMicros, spendPerRequest, flat, taughtDays, highestScore, suspectUntil] =
      rows.lent() as unknown as Figures;
    found.push({
      day,
      keyId,
      observedBy,
      bornAt: born * 1000,
      requests,
      spendMicros,
      spendPerRequest,
      flat,
      taughtDays,
      highestScore,
      suspectUntil,
      novelRequests: rows.numbers(),
      churn: rows.numbers(),
      slots: rows.numbers(),
      weekly: rows.numbers(),
      daily: rows.numbers(),
      levels: rows.numbers(),
      losses: rows.numbers(),
      noise: rows.numbers(),
      noiseDays: rows.numbers(),
      dailyMaxBins: rows.numbers(),
      frozenDays: rows
        .text()
        .split(",")
        .filter((held) => held !== ""),
    });
  }
  return found;
}

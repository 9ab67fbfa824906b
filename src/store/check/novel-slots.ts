import { SLOT_MS } from "../../model/finding/window.js";
import { DAY_MS } from "../../time/day.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import type { NovelSeries } from "./novel-series.js";
import { readNovelTraffic } from "./novel-traffic.js";
import type { NoveltyContext } from "./novelty-fact.js";
import { readNoveltyFacts } from "./novelty-facts.js";

/** Novel traffic of some keys (none: of every key) in the 576 slots of five minutes of a day (epoch ms) and the day before it. */
export async function readNovelSlots(
  client: ClickHouseClient,
  { dayStart, ...context }: NoveltyContext & { readonly dayStart: number; readonly keys?: readonly string[] },
  asOf: number | null,
): Promise<NovelSeries[]> {
  const until = dayStart + DAY_MS;
  const facts = await readNoveltyFacts(client, { ...context, hour: dayStart, until }, asOf);
  return readNovelTraffic(client, facts, { from: dayStart - DAY_MS, until, stepMs: SLOT_MS }, asOf);
}

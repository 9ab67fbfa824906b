import { NOVEL_DAYS } from "../../model/finding/baseline.js";
import { SLOT_MS } from "../../model/finding/window.js";
import { DAY_MS } from "../../time/day.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import type { NovelSeries } from "./novel-series.js";
import { readNovelTraffic } from "./novel-traffic.js";
import type { NoveltyContext } from "./novelty-fact.js";
import { readKeysWithFirstUses, readNoveltyFacts } from "./novelty-facts.js";

/** Novel traffic of some keys (none: of every key) in the 576 slots of five minutes of a day (epoch ms) and the day before it. */
export async function readNovelSlots(
  client: ClickHouseClient,
  { dayStart, ...context }: NoveltyContext & { readonly dayStart: number; readonly keys?: readonly string[] },
  asOf: number | null,
): Promise<NovelSeries[]> {
  const until = dayStart + DAY_MS;
  // Few keys have anything new; all of them named time and again cost the question about facts more than its answer.
  const mostHeld = context.held.days.reduce((most, days) => Math.max(most, days), 0);
  const newFrom = dayStart - (NOVEL_DAYS + mostHeld) * DAY_MS;
  const keys = await readKeysWithFirstUses(client, { from: newFrom, until, keys: context.keys ?? [] }, asOf);
  if (keys.length === 0) return [];
  const facts = await readNoveltyFacts(client, { ...context, keys, hour: dayStart, until }, asOf);
  return readNovelTraffic(client, facts, { from: dayStart - DAY_MS, until, stepMs: SLOT_MS }, asOf);
}

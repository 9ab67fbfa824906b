import { z } from "zod";
import { WATCHED_DAYS, type FleetDay } from "../../model/finding/fleet-day.js";
import { addDays } from "../../time/day.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

const countWatchedQuery = defineQuery("learn/count-watched", {
  params: { first: z.string(), last: z.string(), visible: z.date() },
  row: { watched_keys: z.number(), learned_days: z.number() },
});

/** How many keys were used in the 30 days that end with a day (`YYYY-MM-DD`), and how many of these are learned, by the snapshots visible at an instant (epoch ms). */
export async function countWatchedKeys(
  client: ClickHouseClient,
  day: string,
  visible: number,
): Promise<Pick<FleetDay, "watchedKeys" | "learnedDays">> {
  const params = { first: addDays(day, 1 - WATCHED_DAYS), last: day, visible: new Date(visible) };
  const [row] = await readRows(client, countWatchedQuery, params);
  return { watchedKeys: row?.watched_keys ?? 0, learnedDays: row?.learned_days ?? 0 };
}

/** Writes what a closed day says of the fleet; a repeat with the same `computedAt` (epoch ms) changes nothing. */
export async function insertFleetDay(
  client: ClickHouseClient,
  day: string,
  computedAt: number,
  fleet: FleetDay,
): Promise<void> {
  const { watchedKeys, learnedDays, tail } = fleet;
  const row = {
    day,
    computed_at: new Date(computedAt).toISOString(),
    watched_keys: watchedKeys,
    learned_days: learnedDays,
    tail_key_days: tail.keyDays,
    tail_until: tail.until,
    tail_below: tail.below,
    tail_excess: tail.excess,
    tail_benign_pages: tail.benignPages,
  };
  await insertOnce(client, "fleet_days", [row], `fleet-days:${day}:${computedAt}`);
}

const fleetDayQuery = defineQuery("learn/fleet-day", {
  params: { day: z.string(), visible: z.date() },
  row: {
    watched_keys: z.number(),
    learned_days: z.number(),
    tail_key_days: z.number(),
    tail_until: z.number(),
    tail_below: z.number(),
    tail_excess: z.number(),
    tail_benign_pages: z.number(),
  },
});

/** What a day (`YYYY-MM-DD`) said of the fleet, as learned last until an instant (epoch ms); null when it was not. */
export async function readFleetDay(client: ClickHouseClient, day: string, visible: number): Promise<FleetDay | null> {
  const [row] = await readRows(client, fleetDayQuery, { day, visible: new Date(visible) });
  if (row === undefined) return null;
  const tail = {
    keyDays: row.tail_key_days,
    until: row.tail_until,
    below: row.tail_below,
    excess: row.tail_excess,
    benignPages: row.tail_benign_pages,
  };
  return { watchedKeys: row.watched_keys, learnedDays: row.learned_days, tail };
}

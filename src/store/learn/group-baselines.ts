import { z } from "zod";
import type { GroupBaseline } from "../../model/finding/group-baseline.js";
import { GROUP_KINDS, type KeyGroup } from "../../model/key/key-group.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const groupBaselinesOfDayQuery = defineQuery("learn/group-baselines-of-day", {
  params: { day: z.string(), visible: z.date() },
  row: {
    day: z.string(),
    kind: z.enum(GROUP_KINDS),
    name: z.string(),
    observed_by: z.enum(OBSERVERS),
    noise: z.array(z.number()),
    noise_days: z.array(z.number()),
    daily_max_bins: z.array(z.number()),
  },
});

/** Group baselines of a day (`YYYY-MM-DD`) as they were visible at an instant (epoch ms). */
export async function readGroupBaselines(
  client: ClickHouseClient,
  day: string,
  visible: number,
): Promise<GroupBaseline[]> {
  const rows = await readRows(client, groupBaselinesOfDayQuery, { day, visible: new Date(visible) });
  return rows.map((row) => ({
    day: row.day,
    kind: row.kind,
    name: row.name,
    observedBy: row.observed_by,
    noise: row.noise,
    noiseDays: row.noise_days,
    dailyMaxBins: row.daily_max_bins,
  }));
}

/** Writes the group baselines of one day; a repeat with the same `computedAt` (epoch ms) changes nothing. */
export async function insertGroupBaselines(
  client: ClickHouseClient,
  day: string,
  computedAt: number,
  groups: readonly GroupBaseline[],
): Promise<void> {
  const rows = groups.map((group) => ({
    day: group.day,
    kind: group.kind,
    name: group.name,
    observed_by: group.observedBy,
    computed_at: new Date(computedAt).toISOString(),
    noise: group.noise,
    noise_days: group.noiseDays,
    daily_max_bins: group.dailyMaxBins,
  }));
  await insertOnce(client, "group_baselines", rows, `group-baselines:${day}:${computedAt}`);
}

const groupBinsQuery = defineQuery("learn/group-bins", {
  params: { day: z.string(), names: listOf(z.string()), visible: z.date() },
  row: {
    kind: z.enum(GROUP_KINDS),
    name: z.string(),
    observed_by: z.enum(OBSERVERS),
    days_ago: z.number(),
    daily_max_bins: z.array(z.number()),
  },
});

/** Daily maximum bins of the groups with some names on the days before `day`. */
export async function readGroupBins(
  client: ClickHouseClient,
  day: string,
  names: readonly string[],
  visible: number,
): Promise<(KeyGroup & { readonly daysAgo: number; readonly bins: number[] })[]> {
  if (names.length === 0) return [];
  const rows = await readRows(client, groupBinsQuery, { day, names, visible: new Date(visible) });
  return rows.map((row) => ({
    kind: row.kind,
    name: row.name,
    observedBy: row.observed_by,
    daysAgo: row.days_ago,
    bins: row.daily_max_bins,
  }));
}

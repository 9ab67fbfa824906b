import type { GroupBaseline } from "../../model/finding/group-baseline.js";
import type { GroupKind, KeyGroup } from "../../model/key/key-group.js";
import type { ObservedBy } from "../../model/event/request-event.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

interface GroupRow {
  day: string;
  kind: GroupKind;
  name: string;
  observed_by: ObservedBy;
  noise: number[];
  noise_days: number[];
  daily_max_bins: number[];
}

/** Group baselines of a day (`YYYY-MM-DD`) as they were visible at an instant (epoch ms). */
export async function readGroupBaselines(
  client: ClickHouseClient,
  day: string,
  visible: number,
): Promise<GroupBaseline[]> {
  const rows = await readRows<GroupRow>(client, "learn/group-baselines-of-day", { day, visible: new Date(visible) });
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

/** Daily maximum bins of the groups with some names on the days before `day`. */
export async function readGroupBins(
  client: ClickHouseClient,
  day: string,
  names: readonly string[],
  visible: number,
): Promise<(KeyGroup & { readonly daysAgo: number; readonly bins: number[] })[]> {
  if (names.length === 0) return [];
  type Row = GroupRow & { days_ago: number };
  const rows = await readRows<Row>(client, "learn/group-bins", { day, names, visible: new Date(visible) });
  return rows.map((row) => ({
    kind: row.kind,
    name: row.name,
    observedBy: row.observed_by,
    daysAgo: row.days_ago,
    bins: row.daily_max_bins,
  }));
}

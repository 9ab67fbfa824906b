import type { WholePlimsoll } from "./whole-plimsoll.js";

/** The numbers that every roll-up sums, in this order. */
const MEASURES = [
  "requests",
  "served",
  "errors",
  "throttled",
  "denied",
  "bytes",
  "unit_millis",
  "spend_micros",
] as const;

/** Every roll-up with its time column and what else it is kept by. */
export const ROLLUPS = {
  usage_minutes: { time: "minute", by: [] },
  usage_hours: { time: "hour", by: [] },
  source_minutes: { time: "minute", by: ["source_ip", "asn", "network_type"] },
  source_hours: { time: "hour", by: ["source_ip", "asn", "network_type"] },
  route_minutes: { time: "minute", by: ["method", "route", "scope"] },
  route_hours: { time: "hour", by: ["method", "route", "scope"] },
} as const;

export type Rollup = keyof typeof ROLLUPS;
export const rollups = Object.keys(ROLLUPS) as Rollup[];

/** Sums of a roll-up by everything that it is kept by: `<epoch seconds>|key|observer|…` to MEASURES. */
export async function readRollup({ ask }: WholePlimsoll, rollup: Rollup): Promise<Map<string, readonly number[]>> {
  const { time, by } = ROLLUPS[rollup];
  const columns = ["key_id", "observed_by", ...by].map((name) => `toString(${name})`);
  const sums = MEASURES.map((name) => `sum(r.${name})`);
  const rows = await ask<{ place: string; sums: number[] }>(
    `SELECT concatWithSeparator('|', toString(toUnixTimestamp(${time})), ${columns.join(", ")}) AS place, [${sums.join(", ")}] AS sums
     FROM ${rollup} AS r GROUP BY place`,
  );
  return new Map(rows.map(({ place, sums: values }) => [place, values]));
}

/** Requests that each table knows of keys that match a LIKE pattern; rows of `requests`, events of `ingest_coverage` by source. */
export async function countEverywhere(
  { ask }: Pick<WholePlimsoll, "ask">,
  { keys, source }: { readonly keys: string; readonly source: string },
): Promise<Record<string, number>> {
  const counted = rollups.map(
    (name) => `SELECT '${name}' AS name, sum(requests) AS n FROM ${name} WHERE key_id LIKE '${keys}'`,
  );
  const rows = await ask<{ name: string; n: number }>(
    [
      ...counted,
      `SELECT 'requests' AS name, count() AS n FROM requests WHERE key_id LIKE '${keys}'`,
      `SELECT 'ingest_coverage' AS name, sum(events) AS n FROM ingest_coverage WHERE source = '${source}'`,
    ].join(" UNION ALL "),
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** What `countEverywhere` gives when everything counts `n`. */
export function everywhere(n: number): Record<string, number> {
  return Object.fromEntries([...rollups, "requests", "ingest_coverage"].map((name) => [name, n]));
}

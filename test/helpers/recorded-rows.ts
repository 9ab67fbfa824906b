import type { ClickHouseClient } from "@clickhouse/client";

const [MINUTE, HOUR] = [60_000, 3_600_000];
/** From when on rows of tests are recorded: long enough ago to be listed. */
export const RECORDED = Math.floor(Date.now() / MINUTE) * MINUTE - HOUR;

/** Findings named by number, recorded so many seconds after the first; null: just now. */
export async function recordFindings(
  client: ClickHouseClient,
  ...given: readonly (readonly [number: number, afterSeconds: number | null])[]
) {
  const values = given.map(([number, seconds]) => ({
    finding_id: `leak/k${number % 3}/gateway/${number}`,
    tick: RECORDED / 1000 - 60 * (number % 7),
    as_of: new Date(RECORDED).toISOString(),
    key_id: `k${number % 3}`,
    observed_by: "gateway",
    cause: number % 2 === 0 ? "leak" : "rule",
    severity: number % 5 === 0 ? "critical" : "warning",
    score: 4.5,
    onset: RECORDED / 1000 - 600,
    summary: "120 requests from 1 new address",
    headline: "{}",
    signals: JSON.stringify([{ name: "sources", score: 4.5, summary: "1 new address" }]),
    statistics: JSON.stringify({ new_sources: [{ address: "198.51.100.7" }], number }),
    recorded_at: (seconds === null ? new Date() : new Date(RECORDED + seconds * 1000)).toISOString(),
  }));
  await client.insert({
    table: "finding_records",
    values,
    format: "JSONEachRow",
    clickhouse_settings: { date_time_input_format: "best_effort" },
  });
}

/** The first steps of an incident that is named by number, as far apart as ten minutes. */
export async function recordSteps(
  client: ClickHouseClient,
  number: number,
  afterSeconds: number,
  ...kinds: readonly string[]
) {
  const values = kinds.map((kind, index) => ({
    incident_id: `i${number}`,
    sequence: index + 1,
    at: new Date(RECORDED - HOUR + index * MINUTE).toISOString(),
    key_id: `k${number % 3}`,
    cause: "leak",
    kind,
    reason: "first_finding",
    severity: "error",
    finding_id: "",
    details: JSON.stringify({ episode: 1 }),
    recorded_at: new Date(RECORDED + (afterSeconds + index * 600) * 1000).toISOString(),
  }));
  await client.insert({
    table: "incident_transitions",
    values,
    format: "JSONEachRow",
    clickhouse_settings: { date_time_input_format: "best_effort" },
  });
}

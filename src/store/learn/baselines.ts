import { z } from "zod";
import type { Baseline } from "../../model/finding/baseline.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { insertBlockOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";
import { BASELINE_COLUMNS, baselineBlock } from "./baseline-block.js";

const baselineRow = {
  day: z.string(),
  key_id: z.string(),
  observed_by: z.enum(OBSERVERS),
  born_at: z.string(),
  requests: z.number(),
  spend_micros: z.number(),
  novel_requests: z.array(z.number()),
  churn: z.array(z.number()),
  spend_per_request: z.number(),
  slots: z.array(z.number()),
  weekly: z.array(z.number()),
  daily: z.array(z.number()),
  flat: z.number(),
  levels: z.array(z.number()),
  losses: z.array(z.number()),
  noise: z.array(z.number()),
  noise_days: z.array(z.number()),
  daily_max_bins: z.array(z.number()),
  taught_days: z.number(),
  highest_score: z.number(),
  suspect_until: z.string(),
  held_days: z.array(z.string()),
};

/** Rows per insert: a snapshot weighs about 13 kB. */
const ROWS_PER_INSERT = 1000;

const newestBaselineQuery = defineQuery("learn/newest-baseline", {
  params: { key: z.string(), visible: z.date() },
  row: baselineRow,
});

/** The newest snapshot of one key as far as visible at an instant (epoch ms); null when there is none. */
export async function readNewestBaseline(
  client: ClickHouseClient,
  key: string,
  visible: number,
): Promise<Baseline | null> {
  const [row] = await readRows(client, newestBaselineQuery, { key, visible: new Date(visible) });
  return row === undefined ? null : toBaseline(row);
}

const baselineHistoryQuery = defineQuery("learn/baseline-history", {
  params: { first: z.string(), last: z.string(), keys: listOf(z.string()), observed_by: z.string(), visible: z.date() },
  row: baselineRow,
});

/** The snapshots of a key, of its first id that has one, as one observer saw it, of the days from `first` to `last` (`YYYY-MM-DD`), oldest first, as visible at an instant (epoch ms). */
export async function readBaselineHistory(
  client: ClickHouseClient,
  { keyIds, observedBy }: { readonly keyIds: readonly string[]; readonly observedBy: Subject["observedBy"] },
  { first, last }: { readonly first: string; readonly last: string },
  visible: number,
): Promise<Baseline[]> {
  const params = { keys: keyIds, observed_by: observedBy, first, last, visible: new Date(visible) };
  return (await readRows(client, baselineHistoryQuery, params)).map(toBaseline);
}

/** Since when a key was used and until when it is under suspicion, by its snapshot; epoch ms. */
export interface TrustOfKey {
  readonly keyId: string;
  readonly bornAt: number;
  readonly suspectUntil: number;
}

const keyTrustQuery = defineQuery("learn/key-trust", {
  params: { day: z.string(), visible: z.date(), keys: listOf(z.string()) },
  row: { key_id: z.string(), born_s: z.number(), suspect_ms: z.number() },
});

/** What the snapshots of a day (`YYYY-MM-DD`) say of the trust in some keys; one without a snapshot is not in it. */
export async function readTrustOfKeys(
  client: ClickHouseClient,
  day: string,
  visible: number,
  keys: readonly string[],
): Promise<TrustOfKey[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, keyTrustQuery, { day, visible: new Date(visible), keys });
  return rows.map((row) => ({ keyId: row.key_id, bornAt: row.born_s * 1000, suspectUntil: row.suspect_ms }));
}

function toBaseline(row: RowOf<typeof newestBaselineQuery>): Baseline {
  return {
    day: row.day,
    keyId: row.key_id,
    observedBy: row.observed_by,
    bornAt: parseInstant(row.born_at),
    requests: row.requests,
    spendMicros: row.spend_micros,
    novelRequests: row.novel_requests,
    churn: row.churn,
    spendPerRequest: row.spend_per_request,
    slots: row.slots,
    weekly: row.weekly,
    daily: row.daily,
    flat: row.flat,
    levels: row.levels,
    losses: row.losses,
    noise: row.noise,
    noiseDays: row.noise_days,
    dailyMaxBins: row.daily_max_bins,
    taughtDays: row.taught_days,
    highestScore: row.highest_score,
    suspectUntil: parseInstant(row.suspect_until),
    frozenDays: row.held_days,
  };
}

/** Instants as ClickHouse prints them, in UTC. */
const parseInstant = (text: string) => Date.parse(`${text.replace(" ", "T")}Z`);

/** Writes snapshots of one day, all at once or in parts; a repeat with the same `computedAt` (epoch ms) changes nothing. */
export async function insertBaselines(
  client: ClickHouseClient,
  day: string,
  computedAt: number,
  baselines: readonly Baseline[],
): Promise<void> {
  for (let i = 0; i < baselines.length; i += ROWS_PER_INSERT) {
    const rows = baselines.slice(i, i + ROWS_PER_INSERT);
    const token = `baselines:${day}:${computedAt}:${rows[0]!.observedBy}/${rows[0]!.keyId}`;
    const block = baselineBlock(rows, computedAt);
    await insertBlockOnce(client, { table: "baselines", columns: BASELINE_COLUMNS, block }, token);
  }
}

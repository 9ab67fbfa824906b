import { BASELINE_VERSION, type Baseline } from "../../model/finding/baseline.js";
import type { ObservedBy } from "../../model/event/request-event.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import type { Subject } from "../../model/subject.js";

interface BaselineRow {
  day: string;
  key_id: string;
  observed_by: ObservedBy;
  born_at: string;
  requests: number;
  spend_micros: number;
  novel_requests: number[];
  churn: number[];
  spend_per_request: number;
  slots: number[];
  weekly: number[];
  daily: number[];
  flat: number;
  levels: number[];
  losses: number[];
  noise: number[];
  noise_days: number[];
  daily_max_bins: number[];
  highest_score: number;
  suspect_until: string;
  held_days: string[];
}

/** Rows per insert: a snapshot weighs about 10 kB as JSON. */
const ROWS_PER_INSERT = 500;
/** The most spend of a day that is stored: what an Int64 holds, too. */
const MOST_STORED = 2 ** 63;

/** Snapshots of a day (`YYYY-MM-DD`) as they were visible at an instant (epoch ms), of some keys or of all. */
export async function readBaselines(
  client: ClickHouseClient,
  day: string,
  visible: number,
  keys: readonly string[] = [],
): Promise<Baseline[]> {
  return (await readRows<BaselineRow>(client, "learn/baselines-of-day", { day, visible: new Date(visible), keys })).map(
    toBaseline,
  );
}

/** The newest snapshot of one key as far as visible at an instant (epoch ms); null when there is none. */
export async function readBaselineOfKey(
  client: ClickHouseClient,
  key: string,
  visible: number,
): Promise<Baseline | null> {
  const [row] = await readRows<BaselineRow>(client, "learn/baseline-of-key", { key, visible: new Date(visible) });
  return row === undefined ? null : toBaseline(row);
}

/** The snapshots of a subject of the days from `first` to `last` (`YYYY-MM-DD`), oldest first, as visible at an instant (epoch ms). */
export async function readBaselinesOfKey(
  client: ClickHouseClient,
  { keyId, observedBy }: Subject,
  { first, last }: { readonly first: string; readonly last: string },
  visible: number,
): Promise<Baseline[]> {
  const params = { key: keyId, observed_by: observedBy, first, last, visible: new Date(visible) };
  return (await readRows<BaselineRow>(client, "learn/baselines-of-key", params)).map(toBaseline);
}

/** Since when a key was used and until when it is under suspicion, by its snapshot; epoch ms. */
export interface TrustOfKey {
  readonly keyId: string;
  readonly bornAt: number;
  readonly suspectUntil: number;
}

/** What the snapshots of a day (`YYYY-MM-DD`) say of the trust in some keys; one without a snapshot is not in it. */
export async function readTrustOfKeys(
  client: ClickHouseClient,
  day: string,
  visible: number,
  keys: readonly string[],
): Promise<TrustOfKey[]> {
  if (keys.length === 0) return [];
  type Row = { key_id: string; born_s: number; suspect_ms: number };
  const rows = await readRows<Row>(client, "learn/key-trust", { day, visible: new Date(visible), keys });
  return rows.map((row) => ({ keyId: row.key_id, bornAt: row.born_s * 1000, suspectUntil: row.suspect_ms }));
}

function toBaseline(row: BaselineRow): Baseline {
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
    highestScore: row.highest_score,
    suspectUntil: parseInstant(row.suspect_until),
    heldDays: row.held_days,
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
    const first = baselines[i]!;
    const rows = baselines.slice(i, i + ROWS_PER_INSERT).map((b) => ({
      day: b.day,
      key_id: b.keyId,
      observed_by: b.observedBy,
      computed_at: new Date(computedAt).toISOString(),
      version: BASELINE_VERSION,
      born_at: Math.floor(b.bornAt / 1000),
      requests: b.requests,
      spend_micros: Math.min(b.spendMicros, MOST_STORED),
      novel_requests: b.novelRequests,
      churn: b.churn,
      spend_per_request: b.spendPerRequest,
      slots: b.slots,
      weekly: b.weekly,
      daily: b.daily,
      flat: b.flat,
      levels: b.levels,
      losses: b.losses,
      noise: b.noise,
      noise_days: b.noiseDays,
      daily_max_bins: b.dailyMaxBins,
      highest_score: b.highestScore,
      suspect_until: new Date(b.suspectUntil).toISOString(),
      held_days: b.heldDays,
    }));
    await insertOnce(client, "baselines", rows, `baselines:${day}:${computedAt}:${first.observedBy}/${first.keyId}`);
  }
}

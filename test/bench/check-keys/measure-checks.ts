import { prepareNext } from "../../../src/pipeline/check/prepare-next.js";
import { checkSpan, type CheckDeps } from "../../../src/pipeline/check/check-span.js";
import { CheckCache } from "../../../src/pipeline/check/facts/check-cache.js";
import type { Store } from "../../../src/store/store.js";
import { QUARTER_MS } from "../../../src/pipeline/check/facts/quarter-usage.js";
import { HOUR_MS, MINUTE_MS } from "../../../src/time/day.js";
import { ticksBetween } from "../../../src/time/ticks.js";
import { fillMinute } from "./fill-fleet.js";
import { timeStore } from "../../helpers/observe-store.js";
import { budgetPer1000 } from "../../helpers/budget-per-1000.js";

/** The judged minutes of the hour: the checks before them have read what stays the same. */
const FIRST_MINUTE = 31;
const QUARTER_MINUTES = QUARTER_MS / MINUTE_MS;
const SPANS = 3;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const round = (value: number) => Math.round(value * 10) / 10;

/** The fleet that was filled up to an hour (epoch ms). */
export interface Fleet {
  readonly keys: number;
  readonly hour: number;
}

/** Figures of checks beside those of the bare query, in one interleaved run. */
export async function measureChecks(store: Store, fleet: Fleet, rounds: number) {
  const { keys, hour } = fleet;
  const spent = new Map<string, number[]>();
  const deps = depsOf(store, spent);
  let filled = hour;
  const timed = async (tick: number) => {
    for (; filled < tick; filled += MINUTE_MS) await fillMinute(store, keys, filled);
    const asOf = await store.readClock();
    const startedAt = performance.now();
    const span = { hour: Math.ceil(tick / HOUR_MS) * HOUR_MS - HOUR_MS, ticks: [tick] };
    const { findings } = await checkSpan(deps, span, asOf, "rollups");
    return { ms: performance.now() - startedAt, findings: findings.length };
  };
  const start = await timed(hour);
  const preparing = performance.now();
  await prepareNext(deps, hour);
  const prepared = performance.now() - preparing;
  const first = await timed(hour + MINUTE_MS);
  // Quarter by quarter, as checks of every minute go on.
  for (let minute = QUARTER_MINUTES + 1; minute <= FIRST_MINUTE; minute += QUARTER_MINUTES) {
    await timed(hour + (minute - 1) * MINUTE_MS);
    await prepareNext(deps, hour + (minute - 1) * MINUTE_MS);
    await timed(hour + minute * MINUTE_MS);
  }
  spent.clear();
  const [bare, checks] = [[] as number[], [] as number[]];
  let findings = 0;
  for (let i = 1; i <= rounds; i += 1) {
    const tick = hour + (FIRST_MINUTE + i) * MINUTE_MS;
    bare.push(await bareMs(store, tick));
    const check = await timed(tick);
    checks.push(check.ms);
    findings = check.findings;
  }
  if (findings === 0) throw new Error("the fleet's thefts were not found: a check of nothing was measured");
  for (; filled < hour + HOUR_MS; filled += MINUTE_MS) await fillMinute(store, keys, filled);
  const asOf = await store.readClock();
  const byReader = [...spent].map(([name, ms]) => [name, round(median(ms))] as const);
  spent.clear();
  const hours: number[] = [];
  for (let i = 0; i < SPANS; i += 1) {
    // As a catch-up or a backtest does: the hour before was judged, nothing is known of this one.
    const fresh = depsOf(store, spent);
    await checkSpan(fresh, { hour: hour - HOUR_MS, ticks: [hour] }, asOf, "rollups");
    spent.clear();
    const startedAt = performance.now();
    await checkSpan(fresh, { hour, ticks: ticksBetween(hour, hour + HOUR_MS) }, asOf, "rollups");
    hours.push(performance.now() - startedAt);
  }
  const [y, tick, span] = [median(bare), median(checks), median(hours)];
  return {
    table: {
      "bare GROUP BY of an hour, ms": round(y),
      "check with nothing in memory, ms": round(start.ms),
      "reading ahead at the end of an hour, ms": round(prepared),
      "first check of an hour, ms": round(first.ms),
      "one check, ms": round(tick),
      "one check in bare queries": Math.round((tick / y) * 100) / 100,
      "findings of a check": findings,
      "an hour of 60 ticks after another, ms": round(span),
      "key-hours a second": Math.round((keys / span) * 1000),
      "resident memory, MB": Math.round(process.memoryUsage().rss / 1_000_000),
    },
    checkMsByReader: Object.fromEntries(byReader),
    hourMsByReader: Object.fromEntries([...spent].map(([name, ms]) => [name, round(median(ms))])),
  };
}

/** Milliseconds of the bare question for the hour before a tick: how much did each key use? */
async function bareMs(store: Store, tick: number): Promise<number> {
  const startedAt = performance.now();
  const result = await store.client.query({
    query: `SELECT key_id, sum(requests) AS requests FROM usage_minutes
      WHERE toStartOfFifteenMinutes(minute) >= toStartOfFifteenMinutes(toDateTime({tick:UInt32}, 'UTC') - 3600)
        AND minute >= toDateTime({tick:UInt32}, 'UTC') - 3600 AND minute < toDateTime({tick:UInt32}, 'UTC')
      GROUP BY key_id`,
    query_params: { tick: tick / 1000 },
    format: "JSONEachRow",
  });
  await result.json();
  return performance.now() - startedAt;
}

/** What checks work with; the milliseconds of each reader are noted. */
function depsOf(store: Store, spent: Map<string, number[]>): CheckDeps {
  const noting = timeStore(store, (name, ms) => spent.set(name, [...(spent.get(name) ?? []), ms]));
  return { store: noting, memory: new CheckCache(), budget: budgetPer1000(0.1, 10), unregisteredKeys: 20_000 };
}

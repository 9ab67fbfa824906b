import { checkSpan } from "../../../src/pipeline/check/check-span.js";
import type { Store } from "../../../src/store/store.js";
import { HOUR_MS, MINUTE_MS } from "../../../src/time/day.js";
import { ticksBetween } from "../../../src/time/ticks.js";
import { timeStore } from "../../helpers/observe-store.js";
import { median } from "../ingest/medians.js";
import { checkDepsOf, openChecks, STEADY_MINUTE, type Fleet } from "./open-checks.js";

const SPANS = 3;

const round = (value: number) => Math.round(value * 10) / 10;

/** Figures of checks beside those of the bare query, in one interleaved run. */
export async function measureChecks(store: Store, fleet: Fleet, rounds: number) {
  const { keys, hour } = fleet;
  const spent = new Map<string, number[]>();
  const live = openChecks(timeOf(store, spent), fleet);
  const start = await timed(() => live.check(0));
  const prepared = await timed(() => live.prepare(0));
  await live.fillUntil(1);
  const first = await timed(() => live.check(1));
  await live.checkUntilSteady();
  spent.clear();
  const [bare, checks] = [[] as number[], [] as number[]];
  let findings = 0;
  for (let i = 1; i <= rounds; i += 1) {
    const minute = STEADY_MINUTE + i;
    bare.push(await bareMs(store, hour + minute * MINUTE_MS));
    await live.fillUntil(minute);
    const check = await timed(() => live.check(minute));
    checks.push(check.ms);
    findings = check.gave;
  }
  if (findings === 0) throw new Error("the fleet's thefts were not found: a check of nothing was measured");
  await live.fillUntil(HOUR_MS / MINUTE_MS);
  const asOf = await store.readClock();
  const byReader = [...spent].map(([name, ms]) => [name, round(median(ms))] as const);
  spent.clear();
  const hours: number[] = [];
  for (let i = 0; i < SPANS; i += 1) {
    // As a catch-up or a backtest does: the hour before was judged, nothing is known of this one.
    const fresh = checkDepsOf(timeOf(store, spent));
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
      "reading ahead at the end of an hour, ms": round(prepared.ms),
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

/** A store of which the milliseconds of each reader are noted. */
function timeOf(store: Store, spent: Map<string, number[]>): Store {
  return timeStore(store, (name, ms) => spent.set(name, [...(spent.get(name) ?? []), ms]));
}

async function timed<Gave>(run: () => Promise<Gave>): Promise<{ readonly ms: number; readonly gave: Gave }> {
  const startedAt = performance.now();
  const gave = await run();
  return { ms: performance.now() - startedAt, gave };
}

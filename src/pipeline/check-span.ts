import { expect } from "../baseline/expectation.js";
import { heardShares } from "../baseline/heard-slots.js";
import { couldMatter, judgeKey, type Verdict } from "../detect/judge-key.js";
import type { KeyTick } from "../detect/measure.js";
import { NO_HISTORY } from "../detect/surprise.js";
import type { Thresholds } from "../detect/threshold.js";
import type { Baseline } from "../model/baseline.js";
import type { Finding } from "../model/finding.js";
import type { KeyVersion } from "../model/key.js";
import { NOVELTY_LEVELS, NO_NOVEL_TRAFFIC, type NovelTraffic } from "../model/novelty.js";
import { perWindow } from "../model/window.js";
import type { Store } from "../store/store.js";
import type { NovelWindows, Subject, UsageWindows } from "../store/usage.js";
import { DAY_MS, dayOf, dayStart, MINUTE_MS } from "../time/day.js";
import type { TickSpan } from "../time/ticks.js";
import { heldKeys } from "./held-keys.js";
import { readHistories } from "./learn-baselines.js";
import { floorsAt, readMinuteSeries, type MinuteSeries } from "./minute-series.js";
import { groupBySubject, indexBySubject, subjectKey } from "./subject-key.js";
import { writeFinding } from "./write-finding.js";

/** A key whose last quarter of an hour stayed below this share of its limit has no floor worth measuring. */
const LEAST_SHARE_FOR_FLOORS = 0.25;

/** What a span is judged with. */
export interface CheckDeps {
  readonly store: Store;
  /** Snapshots of a day as learned at an instant: they never change, so this may answer from memory. */
  readonly readSnapshots: Store["readBaselines"];
  readonly limits: Thresholds;
}

/** What a span of ticks came to. */
export interface CheckedSpan {
  readonly findings: readonly Finding[];
  /** Keys judged, per tick. */
  readonly keysAt: ReadonlyMap<number, number>;
  readonly baselineDay: string | null;
}

/** Whether a span is read from roll-ups, as a live check does, or from the raw rows that existed at `asOf`. */
export type ReadFrom = "rollups" | "raw_rows";

/**
 * Judges every key at every tick of a span (all in one clock hour) on what had been ingested at `asOf` (epoch ms): a pure
 * function of what ClickHouse holds, so that the same span as of the same instant gives the same findings, byte for byte.
 */
export async function checkSpan(deps: CheckDeps, span: TickSpan, asOf: number, from: ReadFrom): Promise<CheckedSpan> {
  const { store, readSnapshots } = deps;
  const rawAsOf = from === "raw_rows" ? asOf : null;
  const day = dayOf((span.ticks[0] ?? span.hour + 1) - 1);
  const learned = await store.readNewestLearnedDay(day, asOf);
  const baselines = learned === null ? [] : await readSnapshots(learned.day, learned.learnedAt);
  const last = span.ticks.at(-1) ?? span.hour;
  const novelty = { hour: span.hour, held: heldKeys(baselines), registry: { at: last, visible: asOf } };
  const [usage, novel, keys, heard] = await Promise.all([
    store.readUsageWindows(span.hour, span.ticks, rawAsOf),
    store.readNovelWindows({ ...novelty, ticks: span.ticks }, rawAsOf),
    store.readKeys(last, asOf),
    store.readHeardMinutes(span.hour - DAY_MS, last, rawAsOf),
  ]);
  const context: Context = {
    baselines: indexBySubject(baselines),
    novel: novelAt(novel),
    keys,
    series: new Map(),
    shares: learned === null ? null : sharesFrom(learned.day, span.hour - DAY_MS, last, heard),
  };
  const nearLimit = usage.filter((row) => isNearLimit(row, keys.get(row.keyId)));
  const ofFloors = await readMinuteSeries(store, span.hour, nearLimit, rawAsOf);
  context.series = ofFloors;
  const candidates = usage
    .map((row) => ({ row, tick: keyTick(row, context) }))
    .filter(({ tick }) => couldMatter(tick, deps.limits));
  const histories = await readHistories(store, day, keyIds(candidates.map(({ row }) => row)), asOf);
  const verdicts = candidates
    .map(({ row, tick }) => ({
      row,
      tick,
      verdict: judgeKey(tick, histories.get(subjectKey(row)) ?? NO_HISTORY, deps.limits),
    }))
    .filter(({ verdict }) => verdict.severity !== null);
  const guilty = verdicts.map(({ row }) => row);
  const [series, newcomers] = await Promise.all([
    readMinuteSeries(store, span.hour, guilty, rawAsOf),
    store.readNewcomers({ ...novelty, keys: keyIds(guilty) }, rawAsOf),
  ]);
  const newcomersOf = groupBySubject(newcomers);
  const findings = verdicts.map(({ row, tick, verdict }: { row: UsageWindows; tick: KeyTick; verdict: Verdict }) =>
    writeFinding({
      subject: row,
      tick: row.tick,
      asOf,
      hour: span.hour,
      verdict,
      figures: tick,
      baseline: context.baselines.get(subjectKey(row)) ?? null,
      key: keys.get(row.keyId) ?? null,
      series: series.get(subjectKey(row)),
      newcomers: newcomersOf.get(subjectKey(row)) ?? [],
    }),
  );
  const keysAt = new Map<number, number>();
  for (const row of usage) keysAt.set(row.tick, (keysAt.get(row.tick) ?? 0) + 1);
  return { findings, keysAt, baselineDay: learned?.day ?? null };
}

interface Context {
  readonly baselines: ReadonlyMap<string, Baseline>;
  /** By subject and tick. */
  readonly novel: ReadonlyMap<string, NovelTraffic>;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  series: ReadonlyMap<string, MinuteSeries>;
  /** Share of each slot that is known, from the snapshots' day on; null when all of it is. */
  readonly shares: Float64Array | null;
}

/** What is known of the two days that snapshots of a day speak of; minutes before `from` are not asked for any more. */
function sharesFrom(day: string, from: number, to: number, heard: readonly { readonly minute: number }[]) {
  const start = Math.max(from, dayStart(day));
  const minutes = heard.map(({ minute }) => minute).filter((minute) => minute >= start);
  // What lies before is taken for heard, minute by minute.
  const earlier = Array.from({ length: (start - dayStart(day)) / MINUTE_MS }, (_, i) => dayStart(day) + i * MINUTE_MS);
  return heardShares([...earlier, ...minutes], dayStart(day), to);
}

function keyTick(row: UsageWindows, context: Context): KeyTick {
  const subject = subjectKey(row);
  const baseline = context.baselines.get(subject) ?? null;
  const limit = context.keys.get(row.keyId)?.limitPerMinute ?? null;
  // A key's minutes are read for all ticks of a span when one is near the limit: those that are not must be judged as if alone.
  const series = isNearLimit(row, context.keys.get(row.keyId)) ? context.series.get(subject) : undefined;
  const floors = limit === null || series === undefined ? null : floorsAt(series, row.tick, limit);
  return {
    requests: row.requests,
    spendMicros: row.spendMicros,
    novel: context.novel.get(`${subject} ${row.tick}`) ?? NO_NOVEL_TRAFFIC,
    expectation: baseline === null ? null : expect(baseline, row.tick, context.shares),
    churn: baseline?.churn ?? [],
    spendPerRequest: baseline?.spendPerRequest ?? 0,
    ageDays: baseline === null ? 0 : (row.tick - baseline.bornAt) / DAY_MS,
    floors: floors?.floors ?? null,
    currentShare: floors?.currentShare ?? 0,
  };
}

/** Novel traffic by subject and tick. */
function novelAt(rows: readonly NovelWindows[]): Map<string, NovelTraffic> {
  const none = perWindow(() => 0);
  const found = new Map<string, Map<NovelWindows["level"], NovelWindows>>();
  for (const row of rows) {
    const name = `${subjectKey(row)} ${row.tick}`;
    const levels = found.get(name) ?? new Map();
    found.set(name, levels.set(row.level, row));
  }
  return new Map(
    [...found].map(([name, levels]): [string, NovelTraffic] => {
      const at = NOVELTY_LEVELS.map((level) => levels.get(level));
      return [
        name,
        {
          requests: at.map((row) => row?.requests ?? none),
          spendMicros: at.map((row) => row?.spendMicros ?? none),
          slots: at.map((row) => row?.slots ?? none),
          unplacedRequests: levels.get("unplaced")?.requests ?? none,
        },
      ];
    }),
  );
}

function isNearLimit(row: UsageWindows, key: KeyVersion | undefined): boolean {
  const limit = key?.limitPerMinute ?? null;
  return limit !== null && row.requests[0] / 15 >= LEAST_SHARE_FOR_FLOORS * limit;
}

function keyIds(rows: readonly Subject[]): string[] {
  return [...new Set(rows.map((row) => row.keyId))];
}

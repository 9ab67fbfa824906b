import { expect } from "../baseline/expectation.js";
import { couldMatter, judgeKey, type Verdict } from "../detect/judge-key.js";
import type { KeyTick } from "../detect/measure.js";
import { NO_HISTORY, type BinHistory } from "../detect/surprise.js";
import type { Thresholds } from "../detect/threshold.js";
import type { Baseline } from "../model/baseline.js";
import type { Finding } from "../model/finding.js";
import type { KeyVersion } from "../model/key.js";
import { NOVELTY_LEVELS, NO_NOVEL_TRAFFIC, type NovelTraffic } from "../model/novelty.js";
import { perWindow } from "../model/window.js";
import type { Store } from "../store/store.js";
import type { NovelWindows, Subject, UsageWindows } from "../store/usage.js";
import { DAY_MS, dayOf } from "../time/day.js";
import type { TickSpan } from "../time/ticks.js";
import { checkRules } from "./check-rules.js";
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
  const [usage, novel, baselines, keys] = await Promise.all([
    store.readUsageWindows(span.hour, span.ticks, rawAsOf),
    store.readNovelWindows(span.hour, span.ticks, rawAsOf),
    learned === null ? [] : readSnapshots(learned.day, learned.learnedAt),
    store.readKeys(span.ticks.at(-1) ?? span.hour, asOf),
  ]);
  const context: Context = {
    baselines: indexBySubject(baselines),
    novel: groupBySubject(novel),
    keys,
    series: new Map(),
  };
  const nearLimit = usage.filter((row) => isNearLimit(row, keys.get(row.keyId)));
  const ofFloors = await readMinuteSeries(store, span.hour, nearLimit, rawAsOf);
  context.series = ofFloors;
  const candidates = usage
    .map((row) => ({ row, tick: keyTick(row, context) }))
    .filter(({ tick }) => couldMatter(tick, deps.limits));
  const histories = await readHistories(
    store,
    day,
    candidates.map(({ row }) => row),
    asOf,
  );
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
    store.readNewcomers(span.hour, keyIds(guilty), rawAsOf),
  ]);
  const newcomersOf = groupBySubject(newcomers);
  const leaks = verdicts.map(({ row, tick, verdict }: { row: UsageWindows; tick: KeyTick; verdict: Verdict }) =>
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
  const findings = [...leaks, ...(await checkRules(deps, span, asOf, from, keys))];
  const keysAt = new Map<number, number>();
  for (const row of usage) keysAt.set(row.tick, (keysAt.get(row.tick) ?? 0) + 1);
  return { findings, keysAt, baselineDay: learned?.day ?? null };
}

interface Context {
  readonly baselines: ReadonlyMap<string, Baseline>;
  readonly novel: ReadonlyMap<string, readonly NovelWindows[]>;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  series: ReadonlyMap<string, MinuteSeries>;
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
    novel: novelTraffic(context.novel.get(subject) ?? [], row.tick),
    expectation: baseline === null ? null : expect(baseline, row.tick),
    churn: baseline?.churn ?? [],
    spendPerRequest: baseline?.spendPerRequest ?? 0,
    ageDays: baseline === null ? 0 : (row.tick - baseline.bornAt) / DAY_MS,
    floors: floors?.floors ?? null,
    currentShare: floors?.currentShare ?? 0,
  };
}

function novelTraffic(rows: readonly NovelWindows[], tick: number): NovelTraffic {
  const now = rows.filter((row) => row.tick === tick);
  if (now.length === 0) return NO_NOVEL_TRAFFIC;
  const none = perWindow(() => 0);
  const at = NOVELTY_LEVELS.map((level) => now.find((row) => row.level === level));
  return {
    requests: at.map((row) => row?.requests ?? none),
    spendMicros: at.map((row) => row?.spendMicros ?? none),
    slots: at.map((row) => row?.slots ?? none),
    unplacedRequests: now.find((row) => row.level === "unplaced")?.requests ?? none,
  };
}

function isNearLimit(row: UsageWindows, key: KeyVersion | undefined): boolean {
  const limit = key?.limitPerMinute ?? null;
  return limit !== null && row.requests[0] / 15 >= LEAST_SHARE_FOR_FLOORS * limit;
}

async function readHistories(
  store: Store,
  day: string,
  rows: readonly Subject[],
  asOf: number,
): Promise<Map<string, BinHistory>> {
  const bins = rows.length === 0 ? [] : await store.readBaselineBins(day, keyIds(rows), asOf);
  return new Map([...groupBySubject(bins)].map(([subject, days]) => [subject, { days }]));
}

function keyIds(rows: readonly Subject[]): string[] {
  return [...new Set(rows.map((row) => row.keyId))];
}

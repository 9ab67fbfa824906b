import { expect } from "../baseline/expectation.js";
import { laterShares } from "../baseline/heard-slots.js";
import { couldMatter, judgeKey, type Verdict } from "../detect/judge-key.js";
import type { KeyTick } from "../detect/measure.js";
import { NO_HISTORY } from "../detect/surprise.js";
import type { Thresholds } from "../detect/threshold.js";
import type { Baseline } from "../model/baseline.js";
import type { Finding } from "../model/finding.js";
import type { KeyVersion } from "../model/key.js";
import { groupsOf } from "../model/key-group.js";
import { NO_NOVEL_TRAFFIC, type NovelTraffic } from "../model/novelty.js";
import type { Store } from "../store/store.js";
import type { NovelWindows, Subject, UsageWindows } from "../store/usage.js";
import { DAY_MS, dayOf, dayStart } from "../time/day.js";
import type { TickSpan } from "../time/ticks.js";
import { checkGroups } from "./check-groups.js";
import { checkNetworks } from "./check-networks.js";
import { checkUnaccounted } from "./check-unaccounted.js";
import { heldKeys } from "./held-keys.js";
import { readHistories } from "./learn-baselines.js";
import { floorsAt, readMinuteSeries, type MinuteSeries } from "./minute-series.js";
import { groupRows, novelTraffic } from "./novel-traffic.js";
import { groupBySubject, indexBySubject, subjectKey } from "./subject-key.js";
import { raiseTicks, type JudgedRow } from "./raise-ticks.js";
import { writeFinding } from "./write-finding.js";

/** A key whose last quarter of an hour stayed below this share of its limit has no floor worth measuring. */
const LEAST_SHARE_FOR_FLOORS = 0.25;

/** What a span is judged with. */
export interface CheckDeps {
  readonly store: Store;
  /** Snapshots of a day as learned at an instant: they never change, so this may answer from memory. */
  readonly readSnapshots: Store["readBaselines"];
  readonly readGroupSnapshots: Store["readGroupBaselines"];
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
    shares: learned === null ? null : laterShares(minutesOf(heard), dayStart(learned.day), span.hour - DAY_MS, last),
  };
  const nearLimit = usage.filter((row) => isNearLimit(row, keys.get(row.keyId)));
  const ofFloors = await readMinuteSeries(store, span.hour, nearLimit, rawAsOf);
  context.series = ofFloors;
  const { judged, sumsAt } = raiseTicks(
    usage.map((row) => ({ row, tick: keyTick(row, context) })),
    context,
  );
  const candidates = judged.filter(({ tick }) => couldMatter(tick, deps.limits));
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
  const findings = verdicts.map(({ row, tick, verdict }: JudgedRow & { verdict: Verdict }) =>
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
  const figures = new Map(judged.map(({ row, tick }) => [`${subjectKey(row)} ${row.tick}`, tick]));
  const ofNetworks = await checkNetworks(
    {
      ...deps,
      day,
      asOf,
      rawAsOf,
      novelty,
      keysAt,
      figuresAt: (subject, tick) => figures.get(`${subjectKey(subject)} ${tick}`),
    },
    span,
  );
  const groups = learned === null ? [] : await deps.readGroupSnapshots(learned.day, learned.learnedAt);
  const members = judged.map(({ row, tick }) => ({
    subject: row,
    at: row.tick,
    groups: groupsOf(keys.get(row.keyId), row.observedBy),
    figures: tick,
  }));
  const ofGroups = await checkGroups({ ...deps, day, asOf, baselines: groups }, sumsAt, members);
  const unaccounted = await checkUnaccounted({ ...deps, asOf, rawAsOf, keys }, span.ticks);
  return {
    findings: [...findings, ...ofNetworks, ...ofGroups, ...unaccounted],
    keysAt,
    baselineDay: learned?.day ?? null,
  };
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
  const found = groupRows(rows, (row) => `${subjectKey(row)} ${row.tick}`);
  return new Map([...found].map(([name, own]) => [name, novelTraffic(own)]));
}

function isNearLimit(row: UsageWindows, key: KeyVersion | undefined): boolean {
  const limit = key?.limitPerMinute ?? null;
  return limit !== null && row.requests[0] / 15 >= LEAST_SHARE_FOR_FLOORS * limit;
}

const minutesOf = (heard: readonly { readonly minute: number }[]) => heard.map(({ minute }) => minute);

function keyIds(rows: readonly Subject[]): string[] {
  return [...new Set(rows.map((row) => row.keyId))];
}

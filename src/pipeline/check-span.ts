import { couldMatter, judgeKey } from "../detect/judge-key.js";
import { NO_HISTORY } from "../detect/surprise.js";
import type { Thresholds } from "../detect/threshold.js";
import type { Finding } from "../model/finding.js";
import type { Store } from "../store/store.js";
import type { Subject } from "../store/usage.js";
import { dayOf } from "../time/day.js";
import type { TickSpan } from "../time/ticks.js";
import { readHistories } from "./learn-baselines.js";
import { readMinuteSeries } from "./minute-series.js";
import { lookAtAll, withFloors } from "./span/judge-span.js";
import type { CheckMemory } from "./span/memory.js";
import { readSpan } from "./span/read-span.js";
import { groupBySubject, indexBySubject } from "./subject-key.js";
import { writeFinding } from "./write-finding.js";

/** What a span is judged with. */
export interface CheckDeps {
  readonly store: Store;
  /** What checks of the same hour need again. */
  readonly memory: CheckMemory;
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
  const { store, limits } = deps;
  const rawAsOf = from === "raw_rows" ? asOf : null;
  const figures = await readSpan(deps, span, asOf, rawAsOf);
  const { suspects, keysAt } = lookAtAll(figures, span, limits);
  const nearLimit = suspects.filter(({ floorsUnder }) => floorsUnder !== null).map(({ subject }) => subject);
  const ofFloors = await readMinuteSeries(store, span.hour, nearLimit, rawAsOf);
  const candidates = suspects
    .map((suspect) => ({ ...suspect, tick: withFloors(suspect, ofFloors.get(suspect.subject.name)) }))
    .filter(({ tick }) => couldMatter(tick, limits));
  const day = dayOf((span.ticks[0] ?? span.hour + 1) - 1);
  const histories = await readHistories(store, day, keyIds(candidates), asOf);
  const verdicts = candidates
    .map(({ subject, at, tick }) => ({
      subject,
      at,
      tick,
      verdict: judgeKey(tick, histories.get(subject.name) ?? NO_HISTORY, limits),
    }))
    .filter(({ verdict }) => verdict.severity !== null);
  const guilty = keyIds(verdicts);
  const { learned, novelty } = figures;
  const [series, newcomers, snapshots] = await Promise.all([
    readMinuteSeries(
      store,
      span.hour,
      verdicts.map(({ subject }) => subject),
      rawAsOf,
    ),
    store.readNewcomers({ ...novelty, hour: span.hour, keys: guilty }, rawAsOf),
    learned === null || guilty.length === 0 ? [] : store.readBaselines(learned.day, learned.learnedAt, guilty),
  ]);
  const newcomersOf = groupBySubject(newcomers);
  const snapshotOf = indexBySubject(snapshots);
  const findings = verdicts.map(({ subject: { name, ...subject }, at, tick, verdict }) =>
    writeFinding({
      subject,
      tick: at,
      asOf,
      hour: span.hour,
      verdict,
      figures: tick,
      baseline: snapshotOf.get(name) ?? null,
      key: figures.keys.get(subject.keyId) ?? null,
      series: series.get(name),
      newcomers: newcomersOf.get(name) ?? [],
    }),
  );
  return { findings, keysAt, baselineDay: learned?.day ?? null };
}

function keyIds(rows: readonly { readonly subject: Subject }[]): string[] {
  return [...new Set(rows.map(({ subject }) => subject.keyId))];
}

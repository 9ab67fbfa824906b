import { couldMatter, judgeKey, matters } from "../../detect/judge-key.js";
import { NO_HISTORY, type BinHistory } from "../../detect/surprise.js";
import type { AlarmBudget } from "../../detect/alarm-budget.js";
import type { Finding } from "../../model/finding/finding.js";
import { isAboutLeakOf } from "../../model/incident/suppression.js";
import { withElders, type Lineages } from "../../model/key/lineage.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, dayOf } from "../../time/day.js";
import type { TickSpan } from "../../time/ticks.js";
import { checkGroups } from "./group/check-groups.js";
import { checkNetworks } from "./network/check-networks.js";
import { checkReconciliation } from "./caller/check-reconciliation.js";
import { checkUnaccounted } from "./provider/check-unaccounted.js";
import { rememberOutside } from "./remember-outside.js";
import { checkRules } from "./rules/check-rules.js";
import { readMinuteSeries } from "./leak/minute-series.js";
import { groupBy } from "../../model/group-by.js";
import { inheritHistories } from "../learn/inherit-histories.js";
import { inheritSnapshot } from "../learn/inherit-snapshot.js";
import { lookAtSpan, withFloors, type Suspect } from "./leak/judge-span.js";
import type { CheckCache } from "./facts/check-cache.js";
import { WORDS_COUNT_MS, type BenignWord } from "../../model/incident/benign-word.js";
import { splitAtWords } from "./facts/vouched-for.js";
import { indexNovel, type NovelIndex } from "./facts/novel-index.js";
import { novelMsOf } from "./facts/novel-windows.js";
import { readReported } from "./facts/read-reported.js";
import { readSpan, type SpanFigures } from "./leak/read-span.js";
import { openSubject, writeFinding } from "./leak/write-finding.js";
import { type Subject, groupBySubject, indexBySubject } from "../../model/subject.js";

/** What a span is judged with. */
export interface CheckDeps {
  readonly store: Store;
  /** What checks of the same hour need again. */
  readonly memory: CheckCache;
  readonly budget: AlarmBudget;
  /** How many keys that nobody registered are judged: those with most served requests. */
  readonly unregisteredKeys: number;
}

/** What a span of ticks came to. */
export interface CheckedSpan {
  readonly findings: readonly Finding[];
  /** Keys judged, per tick. */
  readonly keysAt: ReadonlyMap<number, number>;
  readonly baselineDay: string | null;
  /** Whom keys were taken to succeed. */
  readonly lineages: Lineages;
}

/** Whether a span is read from roll-ups, as a live check does, or from the raw rows that existed at `asOf`. */
export type ReadFrom = "rollups" | "raw_rows";

/** A span that is being judged. */
interface OpenSpan extends SpanFigures {
  /** Of what is novel. */
  readonly index: NovelIndex;
  readonly deps: CheckDeps;
  readonly span: TickSpan;
  readonly asOf: number;
  readonly rawAsOf: number | null;
  /** The judged day, `YYYY-MM-DD`. */
  readonly day: string;
  /** What people had called benign by then. */
  readonly words: readonly BenignWord[];
}

/**
 * Judges every watched key at every tick of a span (all in one clock hour) on what had been ingested at `asOf` (epoch ms): a pure
 * function of what ClickHouse holds, so that the same span as of the same instant gives the same findings, byte for byte.
 */
export async function checkSpan(deps: CheckDeps, span: TickSpan, asOf: number, from: ReadFrom): Promise<CheckedSpan> {
  const rawAsOf = from === "raw_rows" ? asOf : null;
  const until = span.ticks.at(-1) ?? span.hour;
  const [figures, words] = await Promise.all([
    readSpan(deps, span, asOf, rawAsOf),
    deps.store.check.readBenignWords({ since: until - WORDS_COUNT_MS, until }),
  ]);
  const findings: Finding[] = [];
  const keysAt = new Map<number, number>();
  for (const stretch of splitAtWords(span, words)) {
    const said = words.filter(({ saidAt }) => saidAt <= stretch.ticks[0]!);
    const { memory } = deps;
    const novel = memory.vouchedFor.without(figures.novel, said, figures.novelty.lineages);
    const index = indexNovel(memory.novelIndexes, novel);
    const day = dayOf((stretch.ticks[0] ?? stretch.hour + 1) - 1);
    const checked = await judgeStretch(
      { ...figures, novel, index, deps, span: stretch, asOf, rawAsOf, day, words: said },
      from,
    );
    findings.push(...checked.findings);
    for (const [tick, keys] of checked.keysAt) keysAt.set(tick, keys);
  }
  return { findings, keysAt, baselineDay: figures.learned?.day ?? null, lineages: figures.novelty.lineages };
}

async function judgeStretch(open: OpenSpan, from: ReadFrom): Promise<Pick<CheckedSpan, "findings" | "keysAt">> {
  const { deps, span, asOf, rawAsOf, learned, keys, limits, watched } = open;
  // What rules ask is answered while this process looks at the keys.
  const [rules, { suspects, keysAt, sumsAt, figuresAt, membersOf }] = await Promise.all([
    checkRules({ store: rememberOutside({ ...deps, ...open }) }, span, asOf, from, keys, watched.keys),
    lookAtSpan(open, span, limits),
  ]);
  const about = { ...deps, limits, asOf, rawAsOf };
  const histories = async (wanted: readonly string[]) => readHistories(open, wanted);
  const reported = async () => readReported(deps, span, open, rawAsOf);
  const groups = async () => (learned === null ? [] : readGroups(open));
  const [ofKeys, ...others] = await Promise.all([
    judgeSuspects(open, suspects),
    checkNetworks({ ...about, ...open, keysAt, figuresAt, readHistories: histories }, span),
    groups().then(async (baselines) => checkGroups({ ...about, day: open.day, baselines }, sumsAt, membersOf)),
    checkUnaccounted({ ...about, keys, watched: watched.keys, readReported: reported }, span.ticks),
    checkReconciliation({ ...about, ...open, memory: deps.memory }, span),
  ]);
  return { findings: [...ofKeys, ...rules, ...others.flat()], keysAt };
}

/** Judges the suspects against their floors and their own past, and writes up those that somebody has to hear of. */
async function judgeSuspects(open: OpenSpan, suspects: readonly Suspect[]): Promise<Finding[]> {
  const { deps, span, rawAsOf, asOf, learned, limits } = open;
  const nearLimit = suspects.filter(({ floorsUnder }) => floorsUnder !== null).map(({ subject }) => subject);
  const ofFloors = await readMinuteSeries({ ...open, ...deps }, span, nearLimit);
  const candidates = suspects
    .map((suspect) => ({ ...suspect, tick: withFloors(suspect, ofFloors.get(suspect.subject.name)) }))
    .filter(({ tick }) => couldMatter(tick, limits));
  const histories = await readHistories(open, keyIds(candidates));
  const historyOf = ({ name }: Suspect["subject"]) => histories.get(name) ?? NO_HISTORY;
  const verdicts = candidates
    .filter(({ subject, tick }) => matters(tick, historyOf(subject), limits))
    .map(({ subject, at, tick }) => ({ subject, at, verdict: judgeKey(tick, historyOf(subject), limits) }));
  const guilty = verdicts.map(({ subject }) => subject);
  const refused = keyIds(verdicts.filter(({ verdict }) => verdict.statistics.expert === "explorer"));
  const last = span.ticks.at(-1) ?? span.hour;
  const [series, snapshots, refusedSources, suppressions] = await Promise.all([
    readMinuteSeries({ ...open, ...deps }, span, guilty),
    learned === null ? [] : readSnapshots(open, keyIds(verdicts)),
    deps.store.check.readRefusedSources({ from: span.hour - DAY_MS, until: last }, refused, rawAsOf),
    guilty.length === 0 ? [] : deps.store.incident.readSuppressionRevisions(span.ticks[0] ?? last),
  ]);
  // What was said later did not count yet.
  const said = suppressions.filter(({ recordedAt }) => recordedAt <= asOf);
  const snapshotOf = indexBySubject(snapshots);
  const refusedFrom = groupBySubject(refusedSources);
  const subjects = new Map(guilty.map(({ name, ...subject }) => [name, subject]));
  const novelMs = novelMsOf(open.novelty.held);
  const opened = new Map(
    [...subjects].map(([name, subject]) => {
      const baseline = inheritSnapshot(open.novelty.lineages, name, snapshotOf) ?? null;
      const key = open.keys.get(subject.keyId) ?? null;
      const rows = {
        runs: open.index.runsOf(name),
        newFrom: span.hour - novelMs(subject.keyId),
        refused: open.refused.get(name) ?? [],
        refusedSources: refusedFrom.get(name) ?? [],
        suppressions: said.filter(isAboutLeakOf(subject.keyId)),
      };
      const of = { subject, asOf, hour: span.hour, limits, baseline, key, series: series.get(name) };
      return [name, openSubject(of, rows)] as const;
    }),
  );
  return verdicts.map(({ subject, at, verdict }) => writeFinding(opened.get(subject.name)!, at, verdict));
}

const stampOf = ({ learned }: SpanFigures) => `${learned?.day}/${learned?.learnedAt}/${learned?.learnings}`;

/** Daily maxima of the past days of some keys, by subject. */
async function readHistories(open: OpenSpan, wanted: readonly string[]): Promise<ReadonlyMap<string, BinHistory>> {
  const { deps, day, asOf } = open;
  const kept = { stamp: `${day} ${stampOf(open)}`, keep: true };
  const { lineages } = open.novelty;
  const rows = await deps.memory.histories.recall(withElders(lineages, wanted), kept, async (missing) =>
    groupBy(await deps.store.learn.readBaselineBins(day, missing, asOf), ({ keyId }) => keyId),
  );
  return inheritHistories(groupBySubject([...rows.values()].flat()), wanted, lineages);
}

/** Whole snapshots of some keys. */
async function readSnapshots(open: OpenSpan, wanted: readonly string[]) {
  const { deps, learned } = open;
  const kept = { stamp: stampOf(open), keep: true };
  const rows = await deps.memory.snapshots.recall(withElders(open.novelty.lineages, wanted), kept, async (missing) =>
    groupBy(await deps.store.learn.readBaselines(learned!.day, learned!.learnedAt, missing), ({ keyId }) => keyId),
  );
  return [...rows.values()].flat();
}

async function readGroups(open: OpenSpan) {
  const { deps, learned } = open;
  const kept = { stamp: stampOf(open), keep: true };
  return deps.memory.groupBaselines.recall("", kept, async () =>
    deps.store.learn.readGroupBaselines(learned!.day, learned!.learnedAt),
  );
}

function keyIds(rows: readonly { readonly subject: Subject }[]): string[] {
  return [...new Set(rows.map(({ subject }) => subject.keyId))];
}

import type { Signal } from "../model/finding/finding.js";
import type { KeyFigures } from "../model/finding/leak-statistics.js";
import type { FirstDays } from "../model/key/founding.js";
import type { Severity } from "../model/incident/page.js";
import { NOVELTY_LEVELS } from "../model/finding/novelty.js";
import { round6 } from "../model/round.js";
import { judgeClients } from "./clients.js";
import { explain } from "./explain.js";
import { contributions, score, type Score } from "./fusion.js";
import { judgeHeadroom } from "./headroom.js";
import { measure, type KeyTick, type Measures } from "./measure.js";
import { judgeRate } from "./rate.js";
import { judgeRefusals } from "./refusals.js";
import { judgeRoutes } from "./routes.js";
import { judgeSources } from "./sources.js";
import { judgeSpend } from "./spend.js";
import { heldBack } from "./short-past.js";
import { highestSurprise, surpriseUnder, type BinHistory } from "./surprise.js";
import { severityOf, type Thresholds } from "./threshold.js";

/** The verdict on one key at one tick: severity null means that nobody needs to be told. */
export interface Verdict {
  readonly severity: Severity | null;
  readonly score: number;
  readonly signals: readonly Signal[];
  /** Two plain sentences: what is unusual, against what, and how often that happens. */
  readonly explanation: string;
  /** Everything the score was computed from, rounded to 1e-6. */
  readonly statistics: KeyFigures;
}

/** True when a key could reach the notice threshold under the kindest history: only then is its own history worth reading. */
export function couldMatter(tick: KeyTick, limits: Thresholds): boolean {
  return highestScore(measure(tick).bins, tick.isPlaced, tick.novel.firstDays) >= limits.notice;
}

/** The score that these bins would have under the kindest history. It is no lower where a bin is higher. */
export function highestScore(bins: ArrayLike<number>, isPlaced: boolean, firstDays: FirstDays | null): number {
  return score(bins, highestSurprise(firstDays), { isPlaced, firstDays: firstDays?.kind ?? null, heldBack: 0 }).value;
}

/** True when a key reaches the notice threshold under its own history: the rest of the verdict is worth working out. */
export function matters(tick: KeyTick, history: BinHistory, limits: Thresholds): boolean {
  return severityOf(scoreUnder(measure(tick), tick, history, limits).value, limits) !== null;
}

/** Judges one key at one tick against its own history and the fleet. */
export function judgeKey(tick: KeyTick, history: BinHistory, limits: Thresholds): Verdict {
  const measures = measure(tick);
  const { firstDays } = tick.novel;
  const result = scoreUnder(measures, tick, history, limits);
  const share = contributions(result);
  const evidence = { tick, measures, result, share };
  const signals = [judgeSources, judgeClients, judgeRefusals, judgeRoutes, judgeRate, judgeSpend, judgeHeadroom]
    .map((judge) => judge(evidence))
    .filter((signal) => signal !== null)
    .toSorted((a, b) => b.score - a.score);
  return {
    severity: severityOf(result.value, limits),
    score: result.value,
    signals,
    explanation: explain(signals, measures.bins, result, {
      history,
      firstDays,
      scale: limits.scale,
    }),
    statistics: statisticsOf(tick, measures, result, history),
  };
}

function scoreUnder(
  { bins }: Measures,
  { isPlaced, novel: { firstDays } }: KeyTick,
  history: BinHistory,
  { learnedDays }: Thresholds,
): Score {
  const judged = { isPlaced, firstDays: firstDays?.kind ?? null, heldBack: heldBack(history, learnedDays) };
  return score(bins, surpriseUnder(history, firstDays), judged);
}

/** How a key's first days are judged, for a finding. */
function firstDaysText(firstDays: FirstDays | null) {
  return firstDays === null ? null : { kind: firstDays.kind, compared_with: firstDays.peers };
}

function statisticsOf(tick: KeyTick, measures: Measures, result: Score, history: BinHistory): KeyFigures {
  const rounded = (values: readonly number[]) => values.map(round6);
  return {
    window: result.window,
    expert: result.expert,
    requests: tick.requests,
    spend_micros: tick.spendMicros,
    expected_requests: tick.expectation === null ? null : rounded(tick.expectation.requests),
    rate_variance: tick.expectation === null ? null : rounded(tick.expectation.rateVariance),
    spend_variance: tick.expectation === null ? null : rounded(tick.expectation.spendVariance),
    novel: Object.fromEntries(
      [...NOVELTY_LEVELS.entries()]
        .filter(([g]) => tick.novel.requests[g]![3] > 0)
        .map(([g, level]) => [
          level,
          {
            requests: tick.novel.requests[g],
            spend_micros: tick.novel.spendMicros[g],
            slots: tick.novel.slots[g],
            additive_share: rounded(measures.additiveShare[g]!),
          },
        ]),
    ),
    unplaced_requests: tick.novel.unplacedRequests,
    churn: tick.churn,
    spend_per_request: tick.spendPerRequest,
    age_days: round6(tick.ageDays),
    has_addresses: tick.isPlaced,
    first_days: firstDaysText(tick.novel.firstDays),
    floors: tick.floors === null ? null : rounded(tick.floors),
    current_share: round6(tick.currentShare),
    refused: {
      requests: tick.refusals.requests,
      routes: tick.refusals.routes,
      routes_of_unknown_sources: tick.refusals.routesOfUnknown,
    },
    rate_residual: rounded(measures.rateResidual),
    spend_residual: rounded(measures.spendResidual),
    surprises: result.surprises.map(({ level, ...decades }) => ({
      ...Object.fromEntries(Object.entries(decades).map(([name, value]) => [name, round6(value)])),
      level,
    })),
    history_days: history.days.length,
    held_back: round6(result.heldBack),
  };
}

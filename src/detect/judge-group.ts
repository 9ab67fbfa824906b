import type { Signal } from "../model/finding/finding.js";
import type { GroupFigures } from "../model/finding/leak-statistics.js";
import type { Severity } from "../model/incident/page.js";
import { round6 } from "../model/round.js";
import { residualBin, statisticIndex } from "../model/finding/statistics.js";
import { WINDOW_MINUTES, WINDOW_NAMES } from "../model/finding/window.js";
import { measure, type KeyTick } from "./measure.js";
import { frequency, type BinHistory } from "./surprise.js";
import { scoreOnceIn, type Thresholds } from "./threshold.js";
import { requestsText } from "../text/amounts.js";

/** Tail of a group's residuals: Student's t, since their spread is estimated from about ten days (Abramowitz and Stegun 26.7.4). */
const DEGREES_OF_FREEDOM = 8;
/** Independent looks a day: windows that overlap by half. */
const LOOKS_PER_DAY = WINDOW_MINUTES.map((minutes) => (2 * 1440) / minutes);

/** A group without a week behind it does not know what a Monday is. */
const LEAST_HISTORY_DAYS = 8;

/** The verdict on a group of keys at one tick. */
export interface GroupVerdict {
  /** A rise without any foreign network is news, not a reason to wake somebody: no more than a notice. */
  readonly severity: Severity | null;
  readonly score: number;
  /** Index of the window that is told of. */
  readonly window: number;
  readonly signal: Signal;
  readonly statistics: GroupFigures;
}

/** Judges a group as if it were one key that has residuals of rate and spend only, against its own past days. */
export function judgeGroup(tick: KeyTick, history: Pick<BinHistory, "days">, limits: Thresholds): GroupVerdict {
  const { rateResidual, spendResidual } = measure(tick);
  let best = { decades: 0, window: 0, name: "rate" as "rate" | "spend" };
  for (const [name, residual, group] of [
    ["rate", rateResidual, "z"],
    ["spend", spendResidual, "s"],
  ] as const) {
    for (const [window, z] of residual.entries()) {
      const decades = surpriseOf(z, window, frequency(statisticIndex(group, window), residualBin(z), history));
      if (decades > best.decades) best = { decades, window, name };
    }
  }
  const score = round6(scoreOnceIn(10 ** best.decades, limits.scale));
  const expected = tick.expectation!.requests[best.window]!;
  const actual = best.name === "rate" ? tick.requests[best.window]! : tick.spendMicros[best.window]!;
  const percent = Math.round((actual / Math.max(1, expected) - 1) * 100);
  const what = best.name === "rate" ? requestsText(actual) : "spend";
  return {
    severity: score >= limits.notice ? "warning" : null,
    score,
    window: best.window,
    signal: {
      name: best.name,
      score,
      summary: `${what} of the group in the last ${WINDOW_NAMES[best.window]} ${percent} % above the sum of what each key is expected to do`,
    },
    statistics: {
      window: best.window,
      requests: tick.requests,
      expected_requests: tick.expectation!.requests.map(round6),
      rate_residual: rateResidual.map(round6),
      spend_residual: spendResidual.map(round6),
      history_days: history.days.length,
    },
  };
}

function surpriseOf(z: number, window: number, { days, reached }: { days: number; reached: number }): number {
  if (z <= 0 || days < LEAST_HISTORY_DAYS) return 0;
  const share = Math.min(1, LOOKS_PER_DAY[window]! * upperTail(z));
  return -Math.log10((reached + share) / (days + 1));
}

/** Chance that Student's t exceeds z > 0, in closed form for an even number of degrees of freedom. */
export function upperTail(z: number): number {
  const cosine2 = DEGREES_OF_FREEDOM / (z * z + DEGREES_OF_FREEDOM);
  let [term, sum] = [1, 1];
  for (let i = 2; i < DEGREES_OF_FREEDOM; i += 2) {
    term *= (cosine2 * (i - 1)) / i;
    sum += term;
  }
  return Math.max(1e-12, (1 - Math.sqrt(1 - cosine2) * sum) / 2);
}

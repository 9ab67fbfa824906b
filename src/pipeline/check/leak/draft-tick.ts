import { newForecast, setForecast, type Forecast } from "../../../baseline/forecast-columns.js";
import type { KeyTick } from "../../../detect/measure.js";
import { NO_NOVEL_TRAFFIC, type NovelTraffic } from "../../../model/finding/novelty.js";
import { NO_REFUSALS, type Refusals } from "../../../model/finding/refusals.js";
import type { PerWindow } from "../../../model/finding/window.js";

/** A key's figures at a tick that are written over for the next key: millions are looked at, few are kept. */
export interface DraftTick extends KeyTick {
  readonly requests: [number, number, number, number];
  readonly spendMicros: [number, number, number, number];
  novel: NovelTraffic;
  /** `ahead` where there is a usable baseline. */
  expectation: Forecast | null;
  readonly ahead: Forecast;
  churn: readonly number[];
  floors: PerWindow | null;
  currentShare: number;
  spendPerRequest: number;
  ageDays: number;
  isPlaced: boolean;
  refusals: Refusals;
  limitPerMinute: number | null;
}

/** Figures to be written over. */
export function newDraftTick(): DraftTick {
  return {
    requests: [0, 0, 0, 0],
    spendMicros: [0, 0, 0, 0],
    novel: NO_NOVEL_TRAFFIC,
    expectation: null,
    ahead: newForecast(),
    churn: [],
    spendPerRequest: 0,
    ageDays: 0,
    isPlaced: true,
    floors: null,
    currentShare: 0,
    refusals: NO_REFUSALS,
    limitPerMinute: null,
  };
}

/** What `raised` does, in place: takes a surge (log factors) for expected, with the key's noise, which begins at `from`. */
export function raiseDraft({ expectation }: DraftTick, noise: Float64Array, from: number, surge: PerWindow): void {
  if (expectation === null || surge.every((factor) => factor === 0)) return;
  for (let w = 0; w < 4; w += 1) {
    setForecast(expectation, w, expectation.requests[w]! * Math.exp(surge[w]!), noise, from);
  }
}

/** A draft as it is now, to be kept. */
export function keepDraft(draft: DraftTick): KeyTick {
  const { expectation, ahead: _, limitPerMinute: __, ...rest } = draft;
  return {
    ...rest,
    requests: [...draft.requests],
    spendMicros: [...draft.spendMicros],
    expectation:
      expectation === null
        ? null
        : {
            requests: [...expectation.requests],
            rateVariance: [...expectation.rateVariance],
            spendVariance: [...expectation.spendVariance],
          },
  };
}

import type { Signal } from "../model/finding/finding.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import type { Evidence } from "./evidence.js";
import { dollarText } from "../text/amounts.js";

/** Signal `spend`: cost against what the expected requests would cost. */
export function judgeSpend({ tick, result, share }: Evidence): Signal | null {
  if (tick.expectation === null || tick.spendPerRequest <= 0 || share.spend <= 0) return null;
  const expected = tick.expectation.requests[result.window]! * tick.spendPerRequest;
  return {
    name: "spend",
    score: share.spend,
    summary: `${dollarText(tick.spendMicros[result.window]!)} in the last ${WINDOW_NAMES[result.window]}; about ${dollarText(expected)} expected in that time`,
  };
}

import type { Signal } from "../model/finding/finding.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import type { Evidence } from "./evidence.js";
import { countText, requestsText } from "../text/amounts.js";

/** Signal `rate`: requests against the key's own seasonal expectation. */
export function judgeRate({ tick, result, share }: Evidence): Signal | null {
  if (tick.expectation === null || share.rate <= 0) return null;
  const [actual, expected] = [tick.requests[result.window]!, tick.expectation.requests[result.window]!];
  return {
    name: "rate",
    score: share.rate,
    summary: `${requestsText(actual)} in the last ${WINDOW_NAMES[result.window]}; about ${countText(expected)} expected in any ${WINDOW_NAMES[result.window]} at this time of the week`,
  };
}

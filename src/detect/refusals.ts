import type { Signal } from "../model/finding/finding.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import { countedText, requestsText } from "../text/amounts.js";
import type { Evidence } from "./evidence.js";

/** Signal `refusals`: somebody finds out what the key may do. */
export function judgeRefusals({ tick, result, share }: Evidence): Signal | null {
  if (share.refusals <= 0) return null;
  const { requests, routes } = tick.refusals;
  const tried = countedText(routes[result.window]!, "route");
  return {
    name: "refusals",
    score: share.refusals,
    summary: `${requestsText(requests[result.window]!)} refused in the last ${WINDOW_NAMES[result.window]} on ${tried} that never served this key`,
  };
}

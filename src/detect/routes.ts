import type { Signal } from "../model/finding/finding.js";
import { NOVELTY_LEVELS } from "../model/finding/novelty.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import type { Evidence } from "./evidence.js";
import { dollarText, requestsText } from "../text/amounts.js";

const ROUTE_LEVEL = NOVELTY_LEVELS.indexOf("route");

/** Signal `routes`: traffic on routes that the key had not used until a week before. */
export function judgeRoutes({ tick, result, share }: Evidence): Signal | null {
  if (share.routes <= 0) return null;
  const requests = tick.novel.requests[ROUTE_LEVEL]![result.window]!;
  const spend = tick.novel.spendMicros[ROUTE_LEVEL]![result.window]!;
  const cost = spend > 0 ? ` for ${dollarText(spend)}` : "";
  return {
    name: "routes",
    score: share.routes,
    summary: `${requestsText(requests)}${cost} in the last ${WINDOW_NAMES[result.window]} on routes that this key first used within the last week`,
  };
}

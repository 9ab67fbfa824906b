import type { RuleOf } from "../../model/key/rule.js";
import { round6 } from "../../model/round.js";
import { MINUTE_MS } from "../../time/day.js";
import type { Judgement } from "./rule-verdict.js";
import { countText } from "../../text/amounts.js";

/** Rule `limit_share`: every one of the last minutes before a tick (oldest first) at or above a share of the limit. */
export function judgeLimitShare(
  rule: RuleOf<"limit_share">,
  limitPerMinute: number | null,
  minutes: readonly number[],
  tick: number,
): Judgement {
  if (limitPerMinute === null) return { notEvaluated: "limit_per_minute of the key is unknown" };
  const least = Math.min(...minutes);
  const most = Math.max(...minutes);
  if (least * 100 < rule.percent * limitPerMinute) return null;
  const span = minutes.length === 1 ? "for a minute" : `in each of ${minutes.length} minutes`;
  return {
    severity: rule.severity,
    score: round6((least * 100) / (rule.percent * limitPerMinute)),
    onset: tick - minutes.length * MINUTE_MS,
    what: `${least === most ? "" : `${countText(least)} to `}${countText(most)} requests/min ${span}`,
    against: `the rule is ${rule.percent} % of the limit of ${countText(limitPerMinute)}`,
    cause: "rule",
    statistics: { requests_by_minute: minutes, limit_per_minute: limitPerMinute },
  };
}

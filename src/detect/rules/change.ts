import type { RuleOf } from "../../model/key/rule.js";
import { round6 } from "../../model/round.js";
import { clockText, type Span } from "../../time/local-spans.js";
import type { Judgement } from "./rule-verdict.js";
import { countText, requestsText } from "../../text/amounts.js";

/** One week's coincidence is no habit. */
const LEAST_PAST_WEEKS = 2;
/** A span that was heard in less than this share of what the best of them was is not comparable: what is missing is not zero. */
const LEAST_HEARD = 0.9;

/** Requests in a span of local time, or in those of its minutes that can be compared, and in how many of them a source was heard. */
export interface ObservedSpan extends Span {
  readonly minutes: number;
  readonly requests: number;
  readonly observedMinutes: number;
}

/**
 * Rule `change`: requests of a span of local time so far against the mean of the same hours in past weeks. Where minutes were skipped
 * in one of them, it counts as if it had been as long as this one.
 */
export function judgeChange(rule: RuleOf<"change">, now: ObservedSpan, past: readonly ObservedSpan[]): Judgement {
  const best = Math.max(...[now, ...past].map(observedShare));
  const isObserved = (span: ObservedSpan) => best > 0 && observedShare(span) >= LEAST_HEARD * best;
  if (!isObserved(now)) return { notEvaluated: "too few minutes of the span have data" };
  const observed = past.filter(isObserved);
  if (observed.length < LEAST_PAST_WEEKS) {
    return {
      notEvaluated: `${observed.length} of the past weeks can be compared, at least ${LEAST_PAST_WEEKS} are needed`,
    };
  }
  const scaled = observed.map((span) => (span.requests * now.minutes) / span.minutes);
  const usual = scaled.reduce((a, b) => a + b, 0) / scaled.length;
  const bound = usual * (1 + rule.percent / 100);
  const rises = rule.percent > 0;
  const isEnough = (rises ? now.requests : usual) >= rule.min_requests;
  if (!isEnough || (rises ? now.requests < bound : now.requests > bound)) return null;
  const share = usual === 0 ? null : round6((now.requests / usual - 1) * 100);
  const zone = rule.time_zone;
  const shift = share === null ? "usually 0" : `${share > 0 ? "+" : ""}${Math.round(share)} %`;
  return {
    severity: rule.severity,
    // Without any usual traffic there is no ratio; the requests are so many times the least that counts.
    score: round6(
      usual === 0
        ? now.requests / rule.min_requests
        : Math.abs((now.requests / usual - 1) * 100) / Math.abs(rule.percent),
    ),
    onset: now.from,
    what: `${requestsText(now.requests)} from ${clockText(now.from, zone)} to ${clockText(now.to, zone)} (${shift})`,
    against: `about ${countText(usual)} in the same hours of ${observed.length} past weeks; the rule is ${rises ? "+" : ""}${rule.percent} %`,
    cause: "rule",
    statistics: {
      requests: now.requests,
      usual_requests: round6(usual),
      change_percent: share,
      past_weeks: past.map((span) => ({
        from: new Date(span.from).toISOString(),
        to: new Date(span.to).toISOString(),
        requests: span.requests,
        heard_minutes: span.observedMinutes,
        compared: isObserved(span),
      })),
    },
  };
}

function observedShare(span: ObservedSpan): number {
  return span.minutes > 0 ? span.observedMinutes / span.minutes : 0;
}

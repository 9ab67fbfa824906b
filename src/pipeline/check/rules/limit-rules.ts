import { judgeLimitShare } from "../../../detect/rules/limit-share.js";
import { ruleName } from "../../../model/key/rule.js";
import { MINUTE_MS } from "../../../time/day.js";
import { joinEvaluations, toldAt, type Evaluation, type RuleSpan, type RuleStore } from "./rule-evaluation.js";

/** Evaluates the rules on the share of the limit: one scan of minutes for all keys that have such rules. */
export async function evaluateLimitRules(store: RuleStore, span: RuleSpan): Promise<Evaluation> {
  const { ticks, keys, rules } = span;
  const [first, last] = [ticks[0], ticks.at(-1)];
  const asked = span.askedFor("limit_share");
  if (first === undefined || last === undefined || asked.length === 0) return { told: [], notEvaluated: [] };
  const longest = Math.max(
    ...rules.all("limit_share").map((rule) => (rule.kind === "limit_share" ? rule.for_minutes : 0)),
  );
  const from = first - (longest + 1) * MINUTE_MS;
  const usage = await store.check.readStretches(asked, [{ from, till: from, to: last }], span.rawAsOf);
  const parts = usage
    .filter((row) => row.observedBy !== "provider")
    .flatMap((row) => {
      const requests = new Map<number, number>();
      for (const one of row.series) requests.set(one.minute, (requests.get(one.minute) ?? 0) + one.requests);
      const limit = keys.get(row.keyId)?.limitPerMinute ?? null;
      return rules.of(row.keyId, "limit_share").map(({ rule, since }) => {
        const minutesBefore = (tick: number) =>
          Array.from(
            { length: rule.for_minutes },
            (_, i) => requests.get(tick - (rule.for_minutes - i) * MINUTE_MS) ?? 0,
          );
        const judge = (tick: number) => judgeLimitShare(rule, limit, minutesBefore(tick), tick);
        return toldAt({ subject: row, rule: ruleName(rule) }, ticks, judge, since);
      });
    });
  return joinEvaluations(parts);
}

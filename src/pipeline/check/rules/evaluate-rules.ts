import type { KeyVersion } from "../../../model/key/key.js";
import { rulesOfKeys } from "../../../model/key/rules-of-keys.js";
import { evaluateChangeRules } from "./change-rules.js";
import { evaluateLimitRules } from "./limit-rules.js";
import { joinEvaluations, type Evaluation, type RuleSpan, type RuleStore } from "./rule-evaluation.js";
import { evaluateSourceFacts } from "./source-facts.js";
import { evaluateSpendRules } from "./spend-rules.js";

/** Evaluates every rule of a registry at ticks (epoch ms, ascending), for the keys that are watched (none: for every key); what no key has a rule for is not read. */
export async function evaluateRules(
  store: RuleStore,
  ticks: readonly number[],
  keys: ReadonlyMap<string, KeyVersion>,
  rawAsOf: number | null,
  watched: readonly string[] = [],
): Promise<Evaluation> {
  const rules = rulesOfKeys(keys);
  const askedFor: RuleSpan["askedFor"] = (...kinds) => {
    const asked = rules.keysWith(...kinds);
    return asked === "all" && watched.length > 0 ? watched : asked;
  };
  const span = { ticks, keys, rules, askedFor, rawAsOf };
  return joinEvaluations(
    await Promise.all([
      evaluateLimitRules(store, span),
      evaluateSpendRules(store, span),
      evaluateChangeRules(store, span),
      evaluateSourceFacts(store, span),
    ]),
  );
}

import type { Finding } from "../../../model/finding/finding.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { TickSpan } from "../../../time/ticks.js";
import { evaluateRules } from "./evaluate-rules.js";
import type { RuleStore } from "./rule-evaluation.js";
import { writeRuleFindings } from "./write-rule-finding.js";

/**
 * Evaluates the registry's fixed rules, and the facts that page without one, at every tick of a span. `keys` is the registry at the
 * last tick as it was recorded at `asOf` (epoch ms); A rule for all keys is one for those that are
 * watched (none: for every key). `from` says whether roll-ups are read or the raw rows that existed then.
 */
export async function checkRules(
  deps: { readonly store: RuleStore },
  span: TickSpan,
  asOf: number,
  from: "rollups" | "raw_rows",
  keys: ReadonlyMap<string, KeyVersion>,
  watched: readonly string[] = [],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { ticks, registry } of await ticksByRegistry(deps.store, span.ticks, asOf, keys)) {
    const { told } = await evaluateRules(deps.store, ticks, registry, from === "raw_rows" ? asOf : null, watched);
    findings.push(...writeRuleFindings(told, registry, asOf));
  }
  return findings;
}

/** Ticks under the registry that counts at them: one in which a version begins to count is cut there, so that each is judged as if alone. */
async function ticksByRegistry(
  store: RuleStore,
  ticks: readonly number[],
  asOf: number,
  atLast: ReadonlyMap<string, KeyVersion>,
): Promise<{ ticks: readonly number[]; registry: ReadonlyMap<string, KeyVersion> }[]> {
  const newest = [...atLast.values()].reduce((last, key) => Math.max(last, key.validFrom), 0);
  const before = ticks.filter((tick) => tick < newest);
  const after = { ticks: ticks.slice(before.length), registry: atLast };
  if (before.length === 0) return [after];
  return [...(await ticksByRegistry(store, before, asOf, await store.registry.readKeys(before.at(-1)!, asOf))), after];
}

import type { KeyVersion } from "./key.js";
import { ruleName, ruleSchema, type Rule } from "./rule.js";

/** The registry entry whose rules apply to every key. */
export const ALL_KEYS = "*";

/** A rule that applies to a key, and the instant (epoch ms) from which the entries that say so count. */
export interface AppliedRule<R extends Rule = Rule> {
  readonly rule: R;
  readonly since: number;
}

/** Which rules apply to which keys. */
export interface RulesOfKeys {
  /** Rules of one kind that apply to a key, registered or not. */
  readonly of: <Kind extends Rule["kind"]>(
    keyId: string,
    kind: Kind,
  ) => readonly AppliedRule<Extract<Rule, { kind: Kind }>>[];
  /** Every rule that applies to a key. */
  readonly ofAnyKind: (keyId: string) => readonly AppliedRule[];
  /** Keys that have a rule of one of these kinds; "all" when such a rule applies to every key. */
  readonly keysWith: (...kinds: readonly Rule["kind"][]) => readonly string[] | "all";
  /** Every rule of one of these kinds, each once per entry that has it. */
  readonly all: (...kinds: readonly Rule["kind"][]) => readonly Rule[];
}

/** Rules that were stored as an array of anything; what is no rule was never switched on and is left out. */
export function toRules(stored: readonly unknown[]): readonly Rule[] {
  return stored.flatMap((one) => {
    const parsed = ruleSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Each registry's, joined once: every check asks for them. */
const known = new WeakMap<ReadonlyMap<string, KeyVersion>, RulesOfKeys>();

/**
 * Joins the rules for all keys with those of each key: of two that are called alike the key's own counts. The registry is not to be changed
 * afterwards.
 */
export function rulesOfKeys(keys: ReadonlyMap<string, KeyVersion>): RulesOfKeys {
  const before = known.get(keys);
  if (before !== undefined) return before;
  const rules = joinRules(keys);
  known.set(keys, rules);
  return rules;
}

function joinRules(keys: ReadonlyMap<string, KeyVersion>): RulesOfKeys {
  const shared = appliedBy(keys.get(ALL_KEYS));
  const own = new Map<string, readonly AppliedRule[]>();
  for (const key of keys.values()) {
    if (key.keyId === ALL_KEYS || key.rules.length === 0) continue;
    const rules = appliedBy(key);
    const names = new Set(rules.map(({ rule }) => ruleName(rule)));
    own.set(key.keyId, [...shared.filter(({ rule }) => !names.has(ruleName(rule))), ...rules]);
  }
  const isOf = (kinds: readonly string[]) => (applied: AppliedRule) => kinds.includes(applied.rule.kind);
  return {
    of: (keyId, kind) => {
      // A rule for all keys compares with what the key's own entry says: a limit, a budget.
      const entrySince = keys.get(keyId)?.validFrom ?? 0;
      return (own.get(keyId) ?? shared)
        .filter(isOf([kind]))
        .map(({ rule, since }) => ({ rule, since: Math.max(since, entrySince) })) as never;
    },
    ofAnyKind: (keyId) => own.get(keyId) ?? shared,
    keysWith: (...kinds) =>
      shared.some(isOf(kinds))
        ? "all"
        : [...own].filter(([, rules]) => rules.some(isOf(kinds))).map(([keyId]) => keyId),
    all: (...kinds) =>
      [shared, ...own.values()]
        .flat()
        .filter(isOf(kinds))
        .map(({ rule }) => rule),
  };
}

function appliedBy(key: KeyVersion | undefined): AppliedRule[] {
  return (key?.rules ?? []).map((rule) => ({ rule, since: key?.validFrom ?? 0 }));
}

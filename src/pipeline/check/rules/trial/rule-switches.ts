import { judgeLimitShare } from "../../../../detect/rules/limit-share.js";
import { holds, type Judgement } from "../../../../detect/rules/rule-verdict.js";
import { judgeSpendBound } from "../../../../detect/rules/spend-bound.js";
import type { Cause } from "../../../../model/finding/finding.js";
import type { KeyVersion } from "../../../../model/key/key.js";
import { groupByKey, versionAt } from "../../../../model/key/plan-keys.js";
import { ruleName, type Rule } from "../../../../model/key/rule.js";
import { ALL_KEYS, rulesOfKeys } from "../../../../model/key/rules-of-keys.js";
import type { Unevaluated } from "../rule-evaluation.js";

/** A rule, or a fact that pages without one, that new versions of keys switch on or change. */
export interface RuleSwitch {
  /** The entry that says so, `*` for all keys. */
  readonly entry: string;
  readonly cause: Cause;
  /** Name of the rule; "" for a fact. */
  readonly rule: string;
}

/** What new versions switch on or change, against what counts at `now` (epoch ms). */
export function switchesOf(
  versions: readonly KeyVersion[],
  onFile: readonly KeyVersion[],
  now: number,
): readonly RuleSwitch[] {
  const known = groupByKey(onFile);
  return [...groupByKey(versions)].flatMap(([entry, stated]) => {
    const next = stated.at(-1)!;
    const before = versionAt(known.get(entry) ?? [], now);
    const said = new Set((before?.rules ?? []).map((rule) => JSON.stringify(rule)));
    const rules = next.rules.filter((rule) => !said.has(JSON.stringify(rule)));
    const cidrs = next.allowedCidrs;
    const confines = cidrs.length > 0 && cidrs.join() !== before?.allowedCidrs.join();
    const revokes = next.revokedAt !== null && next.revokedAt <= now && next.revokedAt !== before?.revokedAt;
    const switched = rules.map((rule): RuleSwitch => ({ entry, cause: "rule", rule: ruleName(rule) }));
    if (confines) switched.push({ entry, cause: "outside_allowed", rule: "" });
    // A revocation is told of by who uses the key afterwards: unknown sources, or callers that were not told.
    if (revokes) {
      switched.push({ entry, cause: "revoked_use", rule: "" }, { entry, cause: "stale_callers", rule: "" });
    }
    return switched;
  });
}

/** The registry as it will be, with nothing that would be told of but the switches; every version counts since for ever. */
export function trialRegistry(
  versions: readonly KeyVersion[],
  onFile: readonly KeyVersion[],
  switches: readonly RuleSwitch[],
  now: number,
): ReadonlyMap<string, KeyVersion> {
  const current = [...groupByKey(onFile).values()].flatMap((history) => versionAt(history, now) ?? []);
  const next = new Map([...current, ...versions].map((key) => [key.keyId, key]));
  const switched = new Set(switches.map((one) => `${one.cause} ${one.entry}`));
  // A key's own rule that was there before still counts instead of a new one for all keys that is called alike.
  const names = new Set(switches.map(({ rule }) => rule));
  return new Map(
    [...next.values()].map((key) => [
      key.keyId,
      {
        ...key,
        validFrom: 0,
        rules: key.rules.filter((rule) => names.has(ruleName(rule))),
        allowedCidrs: switched.has(`outside_allowed ${key.keyId}`) ? key.allowedCidrs : [],
        revokedAt: switched.has(`revoked_use ${key.keyId}`) ? key.revokedAt : null,
      },
    ]),
  );
}

/** Keeps what is told because of a switch: of a key's own entry, or of the one for all keys where the key has no such rule of its own. */
export function becauseOf(switches: readonly RuleSwitch[], registry: ReadonlyMap<string, KeyVersion>) {
  const switched = new Set(switches.map((one) => `${one.cause} ${one.entry} ${one.rule}`));
  return (keyId: string, cause: Cause, rule: string): boolean => {
    const isOwn = cause !== "rule" || registry.get(keyId)?.rules.some((own) => ruleName(own) === rule);
    return switched.has(`${cause} ${isOwn === true ? keyId : ALL_KEYS} ${rule}`);
  };
}

/** Registered keys of which a rule can say nothing, whatever their traffic: what it compares with is not known. */
export function unknownsOf(registry: ReadonlyMap<string, KeyVersion>): Unevaluated[] {
  const rules = rulesOfKeys(registry);
  return [...registry.values()]
    .filter(({ keyId }) => keyId !== ALL_KEYS)
    .flatMap((key) => {
      const judged: (readonly [Rule, Judgement])[] = [
        ...rules
          .of(key.keyId, "limit_share")
          .map(({ rule }) => [rule, judgeLimitShare(rule, key.limitPerMinute, [0], 0)] as const),
        ...rules
          .of(key.keyId, "budget_share")
          .map(({ rule }) => [rule, judgeSpendBound(rule, key.monthlyBudgetUsd, 0, 0)] as const),
      ];
      return judged.flatMap(([rule, judgement]) =>
        judgement === null || holds(judgement)
          ? []
          : [{ keyId: key.keyId, rule: ruleName(rule), reason: judgement.notEvaluated }],
      );
    });
}

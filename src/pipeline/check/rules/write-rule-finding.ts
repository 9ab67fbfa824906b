import type { Finding } from "../../../model/finding/finding.js";
import { namedKey } from "../../../model/finding/headline.js";
import { groupBy } from "../../../model/group-by.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { RuleHit } from "./rule-evaluation.js";

/** What is told of a rule as a finding; the summary also names the other rules that are told of the same key at the same tick. */
export function writeRuleFindings(
  told: readonly RuleHit[],
  keys: ReadonlyMap<string, KeyVersion>,
  asOf: number,
): Finding[] {
  const groups = groupBy(
    told,
    ({ tick, verdict, subject }) => `${tick} ${verdict.cause} ${subject.observedBy} ${subject.keyId}`,
  );
  return [...groups.values()]
    .flatMap((group) => group.map((one) => writeRuleFinding(one, group, keys.get(one.subject.keyId) ?? null, asOf)))
    .toSorted((a, b) => a.tick - b.tick || (a.findingId < b.findingId ? -1 : 1));
}

function writeRuleFinding(one: RuleHit, group: readonly RuleHit[], key: KeyVersion | null, asOf: number): Finding {
  const { subject, rule, tick, verdict } = one;
  const { what, brief = what, against, ...rest } = verdict;
  const others = group.filter((other) => other.rule !== rule).map((other) => other.rule);
  const also = others.length === 0 ? "" : `; also by the rule${others.length > 1 ? "s" : ""} ${others.join(", ")}`;
  const by = rule === "" ? "" : `, by the rule ${rule}`;
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  const parts = [verdict.cause, encodeURIComponent(subject.keyId), subject.observedBy, encodeURIComponent(rule), at];
  const finding = {
    findingId: parts.filter((part) => part !== "").join("/"),
    tick,
    asOf,
    keyId: subject.keyId,
    observedBy: subject.observedBy,
    subject: null,
    headline: { key: namedKey(subject.keyId, key), what: `${what}${by}${also}`, brief: `${brief}${by}${also}` },
    signals: [{ name: verdict.cause, score: verdict.score, summary: `${what}; ${against}` }],
  };
  if (rest.cause !== "rule") return { ...finding, ...rest };
  return { ...finding, ...rest, statistics: { rule, also: others, ...rest.statistics } };
}

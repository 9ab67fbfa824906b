import type { Cause, Finding, Signal } from "../../../model/finding/finding.js";
import { groupBy } from "../../../model/group-by.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { Told } from "./rule-evaluation.js";

/** What is told of a rule as a finding; the summary also names the other rules that are told of the same key at the same tick. */
export function writeRuleFindings(
  told: readonly Told[],
  keys: ReadonlyMap<string, KeyVersion>,
  asOf: number,
): Finding[] {
  const groups = groupBy(told, ({ tick, cause, subject }) => `${tick} ${cause} ${subject.observedBy} ${subject.keyId}`);
  return [...groups.values()]
    .flatMap((group) => group.map((one) => writeRuleFinding(one, group, keys.get(one.subject.keyId) ?? null, asOf)))
    .toSorted((a, b) => a.tick - b.tick || (a.findingId < b.findingId ? -1 : 1));
}

function writeRuleFinding(one: Told, group: readonly Told[], key: KeyVersion | null, asOf: number): Finding {
  const { subject, cause, rule, tick, verdict } = one;
  const { what, against, score, severity, onset } = verdict;
  const name = key?.display ? key.display : subject.keyId;
  const owner = key?.owner ? ` (${key.owner})` : "";
  const others = group.filter((other) => other.rule !== rule).map((other) => other.rule);
  const also = others.length === 0 ? "" : `; also by the rule${others.length > 1 ? "s" : ""} ${others.join(", ")}`;
  const by = rule === "" ? "" : `, by the rule ${rule}`;
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  const parts = [cause, encodeURIComponent(subject.keyId), subject.observedBy, encodeURIComponent(rule), at];
  return {
    findingId: parts.filter((part) => part !== "").join("/"),
    tick,
    asOf,
    keyId: subject.keyId,
    observedBy: subject.observedBy,
    cause,
    severity,
    score,
    onset,
    summary: `${name}${owner}: ${what}${by}${also}`,
    signals: [{ name: signalOf(cause), score, summary: `${what}; ${against}` }],
    statistics: { ...(rule === "" ? {} : { rule, also: others }), ...verdict.statistics },
  };
}

function signalOf(cause: Cause): Signal["name"] {
  return cause === "outside_allowed" || cause === "revoked_use" || cause === "stale_callers" ? cause : "rule";
}

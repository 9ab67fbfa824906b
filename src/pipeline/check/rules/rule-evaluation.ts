import { holds, type Judgement, type RuleVerdict } from "../../../detect/rules/rule-verdict.js";
import type { Severity } from "../../../model/incident/page.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { RulesOfKeys } from "../../../model/key/rules-of-keys.js";
import type { CheckStore } from "../../../store/check/check-store.js";
import type { AuditStore } from "../../../store/audit/audit-store.js";
import type { RegistryStore } from "../../../store/registry/registry-store.js";
import { HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { Subject } from "../../../model/subject.js";

/** Ticks (epoch ms, ascending) and the registry under which rules are evaluated at them. */
export interface RuleSpan {
  readonly ticks: readonly number[];
  readonly keys: ReadonlyMap<string, KeyVersion>;
  readonly rules: RulesOfKeys;
  /** Keys whose usage rules of some kinds need; "all": that of every key. */
  readonly askedFor: RulesOfKeys["keysWith"];
  /** Null: from roll-ups; else from the raw rows that existed at this instant (epoch ms). */
  readonly rawAsOf: number | null;
}

/** What rules ask of the store. */
export type RuleStore = {
  readonly check: Pick<
    CheckStore,
    "readStretches" | "readOutsideAllowed" | "readRevokedUse" | "readObservedMinutes" | "readBirths"
  >;
  readonly audit: Pick<AuditStore, "readRefusedCallers">;
  readonly registry: Pick<RegistryStore, "readKeys">;
};

/** A rule that is told of a key at a tick. */
export interface RuleHit {
  readonly subject: Subject;
  /** Name of the rule; "" for a fact that pages without one. */
  readonly rule: string;
  readonly tick: number;
  readonly verdict: RuleVerdict;
}

/** A rule that says nothing of a key, and why. */
export interface Unevaluated {
  readonly keyId: string;
  readonly rule: string;
  readonly reason: string;
}

export interface Evaluation {
  readonly told: readonly RuleHit[];
  readonly notEvaluated: readonly Unevaluated[];
}

/** A verdict that is written where it is told: at most ticks a rule just goes on. */
export interface OpenVerdict {
  readonly severity: Severity;
  readonly write: () => RuleVerdict;
}

/** What rules of one sort come to, joined from its parts. */
export function joinEvaluations(parts: readonly Evaluation[]): Evaluation {
  const notEvaluated = parts.flatMap((part) => part.notEvaluated);
  const byText = new Map(notEvaluated.map((one) => [`${one.keyId} ${one.rule} ${one.reason}`, one]));
  return { told: parts.flatMap((part) => part.told), notEvaluated: [...byText.values()] };
}

/**
 * When a rule is told: where it begins to hold or gets another severity, and at every full hour while it holds. A budget that is
 * spent on the 20th would otherwise be ten thousand findings by the end of the month. `since` (epoch ms) is from when on the rule
 * counts; `periodOf` gives the begin of the calendar's period that a tick judges: in each the rule begins anew.
 */
export function toldAt(
  of: Pick<RuleHit, "subject" | "rule">,
  ticks: readonly number[],
  judge: (tick: number) => Judgement | OpenVerdict,
  since: number,
  periodOf: (tick: number) => number = () => -Infinity,
): Evaluation {
  const judged = new Map<number, Judgement | OpenVerdict>();
  const judgeOnce = (tick: number) => {
    const known = judged.get(tick);
    if (known !== undefined) return known;
    const judgement = judge(tick);
    judged.set(tick, judgement);
    return judgement;
  };
  const told: RuleHit[] = [];
  const reasons = new Set<string>();
  for (const tick of ticks) {
    const now = judgeOnce(tick);
    if (now !== null && !holds(now)) reasons.add(now.notEvaluated);
    if (!holds(now)) continue;
    const before = tick - MINUTE_MS >= since && tick - MINUTE_MS > periodOf(tick) ? judgeOnce(tick - MINUTE_MS) : null;
    const goesOn = holds(before) && before.severity === now.severity;
    if (!goesOn || tick % HOUR_MS === 0) told.push({ ...of, tick, verdict: "write" in now ? now.write() : now });
  }
  const { keyId } = of.subject;
  return { told, notEvaluated: [...reasons].map((reason) => ({ keyId, rule: of.rule, reason })) };
}

/** The ticks and the minute before each, ascending: what a rule is judged at to know where it begins. */
export function judgedInstants(ticks: readonly number[]): number[] {
  return [...new Set(ticks.flatMap((tick) => [tick - MINUTE_MS, tick]))].toSorted((a, b) => a - b);
}

import type { Severity } from "../../model/incident/page.js";

/** What a fixed rule says of a key at a tick at which it holds, in words and figures. */
export interface RuleVerdict {
  readonly severity: Severity;
  /** How far beyond the rule's bound: observed ÷ bound, 1 or more, rounded to 1e-6. */
  readonly score: number;
  /** Epoch ms from when on the figures speak. */
  readonly onset: number;
  /** What is unusual. */
  readonly what: string;
  /** Against what. */
  readonly against: string;
  /** Every figure that was compared. */
  readonly statistics: Readonly<Record<string, unknown>>;
}

/** Why a rule says nothing of a key, neither that it holds nor that it does not. */
export interface NotEvaluated {
  readonly notEvaluated: string;
}

/** Null: the rule does not hold. */
export type Judgement = RuleVerdict | NotEvaluated | null;

/** Whether a rule holds. */
export function holds(judgement: Judgement): judgement is RuleVerdict {
  return judgement !== null && "severity" in judgement;
}

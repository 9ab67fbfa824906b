import type { RuleFigures } from "../../model/finding/fact-statistics.js";
import type { FindingFacts } from "../../model/finding/finding-statistics.js";
import type { Severity } from "../../model/incident/page.js";

/** Every figure that was compared: of a rule of the registry, to which its name is added; of a fact that pages without one all that its finding holds. */
export type RuleFacts =
  | { readonly cause: "rule"; readonly statistics: RuleFigures }
  | FindingFacts<"outside_allowed" | "revoked_use" | "stale_callers">;

/** What a fixed rule says of a key at a tick at which it holds, in words and figures. */
export type RuleVerdict = VerdictParts & RuleFacts;

interface VerdictParts {
  readonly severity: Severity;
  /** How far beyond the rule's bound: observed ÷ bound, 1 or more, rounded to 1e-6. */
  readonly score: number;
  /** Epoch ms from when on the figures speak. */
  readonly onset: number;
  /** What is unusual. */
  readonly what: string;
  /** The same without since when, where `what` says that as a page does. */
  readonly brief?: string;
  /** Against what. */
  readonly against: string;
}

/** Why a rule says nothing of a key, neither that it holds nor that it does not. */
export interface NotEvaluated {
  readonly notEvaluated: string;
}

/** Null: the rule does not hold. */
export type Judgement = RuleVerdict | NotEvaluated | null;

/** Whether a rule holds. */
export function holds<Verdict extends Pick<RuleVerdict, "severity">>(
  judgement: Verdict | NotEvaluated | null,
): judgement is Verdict {
  return judgement !== null && "severity" in judgement;
}

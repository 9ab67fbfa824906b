import { hasHidden, judgePersonText, LONGEST_NAME, onOneLine, verifiedName } from "../../model/incident/person-text.js";

/** What of an ID token says who somebody is and what they may do. */
export interface ClaimRules {
  readonly nameClaim: string;
  readonly groupsClaim: string;
  /** What every ID token must hold, to the letter; null where nothing more is asked. */
  readonly requiredClaim: { readonly name: string; readonly value: string } | null;
  readonly readGroups: readonly string[];
  readonly actGroups: readonly string[];
}

/** Who somebody is, or why they are not let in. */
export type ClaimVerdict =
  | { readonly name: string; readonly mayAct: boolean }
  | { readonly refused: "required_claim_missing" | "no_verified_name" | "hidden_characters" }
  | { readonly refused: "no_group"; readonly name: string };

/** Judges the claims of an ID token that was found genuine. An email that the issuer has not verified is anybody's, and counts for nothing. */
export function judgeClaims(claims: Readonly<Record<string, unknown>>, rules: ClaimRules): ClaimVerdict {
  const trusted = claims["email_verified"] === true ? claims : { ...claims, email: undefined };
  const { requiredClaim: required } = rules;
  if (required !== null && trusted[required.name] !== required.value) return { refused: "required_claim_missing" };
  const said = trusted[rules.nameClaim];
  if (typeof said === "string" && hasHidden(said)) return { refused: "hidden_characters" };
  const name = verifiedName(typeof said === "string" ? onOneLine(said) : "");
  if (name === null || judgePersonText(name, LONGEST_NAME) !== null) return { refused: "no_verified_name" };
  const groups = textsOf(trusted[rules.groupsClaim]);
  const isIn = (named: readonly string[]) => named.some((group) => groups.includes(group));
  if (isIn(rules.actGroups)) return { name, mayAct: true };
  return isIn(rules.readGroups) ? { name, mayAct: false } : { refused: "no_group", name };
}

/** A claim is a list of names, or one. */
function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === "string") return [claim];
  return Array.isArray(claim) ? claim.filter((one) => typeof one === "string") : [];
}

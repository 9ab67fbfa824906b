import { html, type Markup } from "../markup.js";
import { pageOf } from "../layout.js";
import type { ClaimRules } from "./judge-claims.js";
import type { IssuerRefusal } from "./issuer.js";

/** Why a sign-in at the issuer opens nothing, as a named reason. */
export type PersonRefusal =
  | IssuerRefusal
  | "not_begun_here"
  | "wrong_state"
  | "required_claim_missing"
  | "no_verified_name"
  | "hidden_characters"
  | "no_group"
  | "redis_away";

const STATUS: Partial<Record<PersonRefusal, number>> = { issuer_away: 503, redis_away: 503 };

/** With which status a refusal is answered. */
export const statusOf = (why: PersonRefusal): number => STATUS[why] ?? 403;

/** What is said to whoever is refused; of a person's groups nothing, but which ones are needed. */
export function refusalPage(why: PersonRefusal, host: string, rules: ClaimRules, root: string): string {
  const body = html`<p class="error" role="alert">${textOf(why, host, rules)}</p>
    ${why === "no_group" ? neededGroups(rules) : null}
    <p><a href="${root}sign-in">Sign in again</a></p>`;
  return pageOf("Not signed in", root, body);
}

function textOf(why: PersonRefusal, host: string, { nameClaim }: ClaimRules): string {
  switch (why) {
    case "issuer_away":
      return `${host} does not answer, or not as an issuer does. Try again, or sign in with a token.`;
    case "redis_away":
      return "Redis does not answer: nobody can sign in at the issuer until it does. Sign in with a token.";
    case "refused_by_issuer":
      return `${host} did not sign you in.`;
    case "not_begun_here":
      return "This sign-in was not begun in this browser within the last ten minutes, or is finished already.";
    case "wrong_state":
      return "This answer belongs to another sign-in than the last one that was begun in this browser.";
    case "code_refused":
      return `${host} does not accept the code of this sign-in, or the client id and secret of Plimsoll. The log of serve says which.`;
    case "id_token_refused":
      return `The ID token of ${host} is not valid for this sign-in: it is forged, expired, or meant for someone else. The log of serve says which.`;
    case "no_verified_name":
      return `The ID token of ${host} holds no ${nameClaim} that it vouches for (PLIMSOLL_OIDC_NAME_CLAIM; an email counts with email_verified): actions could not be recorded under a name.`;
    case "required_claim_missing":
      return `The ID token of ${host} lacks what PLIMSOLL_OIDC_REQUIRED_CLAIM asks for: sign in with an account of the organization.`;
    case "hidden_characters":
      return `The ${nameClaim} in the ID token of ${host} holds control or invisible characters: it could pass for another name. Have it corrected at ${host}.`;
    case "no_group":
      return `${host} knows you, but you are in none of the groups that may sign in here.`;
  }
}

function neededGroups({ readGroups, actGroups }: ClaimRules): Markup {
  const line = (may: string, groups: readonly string[]) =>
    groups.length === 0 ? null : html`<li>${may}: ${groups.join(", ")}</li>`;
  return html`<p>Ask the administrator of your groups for one of these:</p>
    <ul>
      ${line("read", readGroups)} ${line("read and act", actGroups)}
    </ul>`;
}

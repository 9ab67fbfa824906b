import { createHash } from "node:crypto";
import type { DesiredState } from "../contain/desired-state.js";
import type { ContainmentAction, ContainmentCall } from "../model/incident/containment.js";
import { KNOWN_SECRETS } from "../text/secret/known-secrets.js";
import { publicPrefixOf } from "../text/secret/public-prefix.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";

/** By what a key is known in a request: a header, and how its value is compared with guard_ref. */
export interface KeyCondition {
  readonly header: string;
  readonly match: "contains" | "equals";
}

/** A custom rule as the Rulesets API takes it. */
export interface BlockRule {
  readonly ref: string;
  readonly action: "block";
  readonly expression: string;
  readonly description: string;
  readonly enabled: true;
}

/** What a literal of the Rules language holds as it is: neither a quotation mark nor a backslash, which would end or bend it. */
const LITERAL = /^[A-Za-z0-9._~+/=:@-]{1,256}$/;
/** Fewer characters of a key are in other keys' headers, too. */
const LEAST_PART = 8;
const NETWORK = /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/;
/** What Cloudflare takes of an expression. */
const MOST_CHARACTERS = 4096;

/** The rule of a key's action: refuses the key's requests, from the networks or at all. */
export function blockRule(
  { keyId, guardRef, action }: ContainmentCall,
  { networks }: DesiredState,
  { header, match }: KeyCondition,
): BlockRule {
  const operator = match === "equals" ? "eq" : "contains";
  // Of each header of that name: a second one would otherwise hide the key.
  const isKey = `any(http.request.headers["${header}"][*] ${operator} "${guardRef}")`;
  return {
    ref: refOf(keyId, action),
    action: "block",
    expression: action === "freeze" ? isKey : `ip.src in {${networks.join(" ")}} and ${isKey}`,
    description: `Plimsoll: ${action} of the key ${keyId.replace(/[^\w.:@/-]+/g, "?").slice(0, 100)}`,
    enabled: true,
  };
}

/** By what a rule is found again, however often a call is repeated and whatever its guard_ref is by then. */
export function refOf(keyId: string, action: ContainmentAction): string {
  const hex = createHash("sha256")
    .update(JSON.stringify(["plimsoll", keyId, action]))
    .digest("hex");
  return `plimsoll_${action}_${hex.slice(0, 32)}`;
}

/** True for what the keys of an issuer begin with, such as `sk_live_` and `github_pat`. */
function isPrefix(guardRef: string): boolean {
  if (publicPrefixOf(guardRef) === guardRef) return true;
  return KNOWN_SECRETS.some(({ parts: [first] }) => first?.lead.startsWith(guardRef) === true);
}

/** Why a rule cannot be made of a call, naming the field and the fix; null where it can. The guard_ref is not repeated: it may be a key. */
export function ruleProblem(call: ContainmentCall, desired: DesiredState, condition: KeyCondition): string | null {
  const { guardRef } = call;
  if (!LITERAL.test(guardRef))
    return "guard_ref must be at most 256 letters, digits and . _ ~ + / = : @ -, without spaces or quotation marks: it is written into a rule's expression";
  if (looksLikeSecret(guardRef)) return "guard_ref must not be a raw key: give a part of it that is no secret";
  if (condition.match === "contains" && guardRef.length < LEAST_PART)
    return `guard_ref must have at least ${LEAST_PART} characters, and be in no other key: it is looked for in the header ${condition.header}`;
  if (condition.match === "contains" && isPrefix(guardRef))
    return "guard_ref must be in no other key: it is only what many keys begin with";
  if (call.action === "freeze") return null;
  if (desired.networks.length === 0 || !desired.networks.every((network) => NETWORK.test(network)))
    return "networks must be addresses and CIDR blocks";
  const { length } = blockRule(call, desired, condition).expression;
  return length > MOST_CHARACTERS
    ? `${desired.networks.length} networks make an expression of ${length} characters, and Cloudflare takes ${MOST_CHARACTERS}: name wider blocks with --network`
    : null;
}

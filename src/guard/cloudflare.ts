import { z } from "zod";
import { blockRule, refOf, ruleProblem, type BlockRule } from "./cloudflare-rule.js";
import { defineTarget, type Asked, type GuardRequest } from "./define-target.js";
import { address, below, secret } from "./target-fields.js";

const PHASE = "http_request_firewall_custom";
/** A ruleset has up to 1,000 rules of up to 4,096 characters, and each answer holds all of them. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A second look, where a change was refused because of what another call did after the first. */
const MOST_LOOKS = 2;
/** Refusals that such a change may be behind: the ruleset or `ref` is there by now, the rule no longer is, two at once. */
const RACED = new Set([400, 404, 409]);
/** Cloudflare's code for a zone that never had a custom rule; with a wrong zone it answers others. */
const NO_ENTRYPOINT = 10_003;

const settings = z
  .strictObject({
    url: address.default(new URL("https://api.cloudflare.com/client/v4")),
    zone: z.string("must be text").regex(/^[0-9a-f]{32}$/, "must be the zone's id: 32 hexadecimal digits"),
    token: secret,
    header: z
      .string("must be text")
      .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be the name of a header, such as authorization or x-api-key")
      .transform((name) => name.toLowerCase()),
    match: z.enum(["contains", "equals"], "must be contains or equals").default("contains"),
  })
  .refine(({ header, match }) => match === "contains" || !/^(?:proxy-)?authorization$|^cookie$/.test(header), {
    path: ["match"],
    message: "must be contains: guard_ref would have to be the raw key",
  });

type Settings = z.output<typeof settings>;

/**
 * Cloudflare's WAF, by its Rulesets API: a custom rule of our own in a zone, for each key and action. Each change is of that rule alone; the ruleset is never
 * written as a whole, so that neither a rule of the owner's nor one of another key's is lost.
 *
 * | here | there |
 * | --- | --- |
 * | guardRef | what a header of the key's requests contains or equals |
 * | `deny_networks` | `ip.src in {…} and` that: `block` |
 * | `freeze` | that: `block` |
 * | key and action | `ref` of the rule, by which it is found |
 * | before each change | `GET …/phases/http_request_firewall_custom/entrypoint`; 404, code 10003: there is none |
 * | something is to hold | `POST …/rulesets/{id}/rules` as the first rule, `PATCH …/rules/{id}` of ours, or the ruleset with it where there is none |
 * | nothing is | `DELETE …/rules/{id}`, where it is there |
 * | token | `Authorization: Bearer` |
 */
export const cloudflare = defineTarget({
  type: "cloudflare",
  actions: ["deny_networks", "freeze"],
  settings,
  match: ({ match }) => match,
  problemOf: ({ call, desired }, condition) => (desired === null ? null : ruleProblem(call, desired, condition)),
  requests: ({ call, desired }, given) => {
    const look = lookAt(given, () => true);
    if (desired === null) return [look];
    // Its id is known once it is looked at.
    const some = { id: "RULESET", rules: [{ id: "FIRST" }] };
    return [look, writeRule(given, some, blockRule(call, desired, given))];
  },
  converse: async (asked, given, ask) => {
    for (let looks = 1; ; looks += 1) {
      let seen: Ruleset | null = null;
      const looked = await ask(lookAt(given, (there) => void (seen = there)));
      if (looked.kind !== "sent") return looked;
      const change = changeOf(asked, given, seen);
      if (change === null) return looked;
      const verdict = await ask(change);
      if (verdict.kind !== "refused" || !RACED.has(verdict.status)) return verdict;
      if (looks < MOST_LOOKS) continue;
      return verdict.status === 409 ? { ...verdict, kind: "retry", retryAfterMs: null } : verdict;
    }
  },
  authorize: (_request, _asked, { token }) => ({ authorization: `Bearer ${token.reveal()}` }),
  secrets: (given) => [zoneOf(given), given.token],
});

const rule = z.object({
  id: z.string(),
  ref: z.string().optional(),
  action: z.string().optional(),
  expression: z.string().optional(),
  enabled: z.boolean().optional(),
});
const ruleset = z.object({ id: z.string(), rules: z.array(rule).default([]) });
const [found, none] = [
  z.object({ success: z.literal(true), result: ruleset }),
  z.object({ success: z.literal(false), errors: z.array(z.object({ code: z.number() })) }),
];

type Rule = z.output<typeof rule>;
type Ruleset = z.output<typeof ruleset>;

const zoneOf = ({ url, zone }: Settings): URL => below(url, "zones", zone);

/** Looks at the zone's custom rules, and hands over what is there: null where there never was one. */
function lookAt(given: Settings, take: (there: Ruleset | null) => void): GuardRequest {
  const isDone = (status: number, answer: string) => {
    const there = read(status, answer);
    take(there.ruleset);
    return there.ruleset !== null || there.isNone;
  };
  const url = below(zoneOf(given), "rulesets", "phases", PHASE, "entrypoint");
  return { method: "GET", url, headers: {}, body: null, isDone, mostBytes: MOST_BYTES };
}

/** What is to be changed of what is there; null: nothing, it is as it should be. */
function changeOf({ call, desired }: Asked, given: Settings, there: Ruleset | null): GuardRequest | null {
  const own = rulesOf(there).find(({ ref }) => ref === refOf(call.keyId, call.action));
  if (desired !== null) {
    const wanted = blockRule(call, desired, given);
    const isAsWanted = own !== undefined && isInForce(own) && own.expression === wanted.expression;
    return isAsWanted ? null : writeRule(given, there, wanted, own);
  }
  if (own === undefined || there === null) return null;
  const isDone = (status: number, answer: string) => {
    const after = read(status, answer).ruleset;
    return after !== null && !rulesOf(after).some(({ ref }) => ref === own.ref);
  };
  const url = below(zoneOf(given), "rulesets", there.id, "rules", own.id);
  return { method: "DELETE", url, headers: {}, body: null, isDone, mostBytes: MOST_BYTES };
}

function writeRule(given: Settings, there: Ruleset | null, wanted: BlockRule, own?: Rule): GuardRequest {
  const isDone = (status: number, answer: string) =>
    rulesOf(read(status, answer).ruleset).some((one) => one.ref === wanted.ref && isInForce(one));
  const rest = { headers: { "content-type": "application/json" }, isDone, mostBytes: MOST_BYTES };
  const zone = zoneOf(given);
  if (there === null) {
    const body = JSON.stringify({ name: "default", kind: "zone", phase: PHASE, rules: [wanted] });
    return { method: "POST", url: below(zone, "rulesets"), body, ...rest };
  }
  if (own !== undefined) {
    const url = below(zone, "rulesets", there.id, "rules", own.id);
    return { method: "PATCH", url, body: JSON.stringify(wanted), ...rest };
  }
  // Before all others: a rule of the owner's may skip those that come after it.
  const position = rulesOf(there).length === 0 ? {} : { position: { before: "" } };
  const body = JSON.stringify({ ...wanted, ...position });
  return { method: "POST", url: below(zone, "rulesets", there.id, "rules"), body, ...rest };
}

const rulesOf = (given: Ruleset | null): readonly Rule[] => given?.rules ?? [];

const isInForce = ({ action, enabled }: Rule): boolean => action === "block" && enabled !== false;

/** The ruleset of an answer; none where Cloudflare answers that there is none, or another program does. */
function read(status: number, answer: string): { readonly ruleset: Ruleset | null; readonly isNone: boolean } {
  const json = parse(answer);
  if (status === 404) {
    const { data } = none.safeParse(json);
    return { ruleset: null, isNone: data?.errors.some(({ code }) => code === NO_ENTRYPOINT) === true };
  }
  return { ruleset: (status < 300 && found.safeParse(json).data?.result) || null, isNone: false };
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return null;
  }
}

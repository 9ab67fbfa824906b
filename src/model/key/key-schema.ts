import { z } from "zod";
import { bareKey } from "../../text/secret/bare-key.js";
import { boundedList, boundedRecord, boundedText } from "../../text/bounded-schema.js";
import { hasUnprintable, isBlank, isDotSegment } from "../../text/clean-text.js";
import { EVENT_CAPS } from "../event/event-limits.js";
import { parseNetwork } from "../network/parse-network.js";
import { ruleName, ruleSchema } from "./rule.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { KEY_ID_CAP } from "../../text/text-caps.js";

const MAX_LIST = 1000;
const GUARD_NAME_CAP = 64;
/** What a guard may be called in PLIMSOLL_GUARDS. */
export const GUARD_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** What DateTime64 and every calendar in use agree on. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);
/** What is said of a date that the registry does not hold. */
export const REGISTRY_YEARS = "must be between 1970 and 2200";

/** True for an instant (epoch ms) that the registry holds. */
export function isRegistryDate(at: number): boolean {
  return at >= EARLIEST && at < LATEST;
}

const NO_SECRET =
  "looks like a secret, and secrets are never stored: give the raw key once as key, or its fingerprints, and a public name here";

const NO_PAGE = "must not be . or ..: an address cannot name it, so that it has no page";

const text = (longest = 256) =>
  boundedText(longest)
    .refine((value) => !hasUnprintable(value), "must not contain control characters or broken Unicode")
    .refine((value) => !looksLikeSecret(value), NO_SECRET);
/** A name for people: without blanks around it, and "" where nobody would see anything of it. */
const label = (longest = 256) => text(longest).transform((value) => (isBlank(value) ? "" : value.trim()));
/** One of several such names. */
const seen = text()
  .refine((value) => !isBlank(value), "must not be blank; leave it out instead")
  .transform((value) => value.trim());
const list = <Item extends z.ZodType>(item: Item) => boundedList(item, MAX_LIST);
const unique = (values: string[]) => [...new Set(values)];
/** What one request may cost is what an event may; a budget beyond a thousand million is none. */
const MOST_USD_A_REQUEST = EVENT_CAPS.spendMicros / 1e6;
const MOST_BUDGET_USD = 1_000_000_000;
const MOST_PER_MINUTE = EVENT_CAPS.count;
const atMost = (most: number) => `must be at most ${most.toLocaleString("en-US")}`;
const dollars = (most: number) =>
  z
    .number("must be a number of US dollars")
    .min(0, "must not be below 0")
    .max(most, atMost(most))
    .transform((value) => value + 0); // -0 is 0
const date = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], "must be a date like 2026-03-08T02:11:00Z or 2026-03-08")
  .transform((value) => Date.parse(value))
  .refine(isRegistryDate, REGISTRY_YEARS);
const network = boundedText(64).transform((value, context) => {
  const parsed = parseNetwork(value);
  if ("cidr" in parsed) return parsed.cidr;
  context.addIssue({ code: "custom", message: parsed.problem });
  return z.NEVER;
});
const isWebAddress = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** The public name of a key. */
export const keyIdSchema = text(KEY_ID_CAP)
  .min(1, "must have at least 1 character")
  .refine((value) => value === "" || !isBlank(value), "must not be blank")
  .refine((value) => value === value.trim(), "must not begin or end with a space")
  .refine((value) => !isDotSegment(value), NO_PAGE);

/** A raw key, which is never kept. */
export const rawKeySchema = boundedText(512)
  .transform(bareKey)
  .pipe(z.string().min(8, "must have at least 8 characters"));

/** The fields of a registry entry, as contract and files name them. */
export const keySchema = z.strictObject({
  key_id: keyIdSchema,
  key: rawKeySchema.optional(),
  display: label(64)
    .transform((value) => (value === "" ? undefined : value))
    .optional(),
  fingerprints: list(
    boundedText(64)
      .regex(/^[0-9a-f]{64}$/i, "must be 64 hex digits: HMAC-SHA-256 of the raw key under PLIMSOLL_KEY_PEPPER")
      .transform((value) => value.toLowerCase()),
  )
    .transform(unique)
    .optional(),
  owner: label()
    .refine((value) => !isDotSegment(value), NO_PAGE)
    .default(""),
  service: label().default(""),
  provider: label().default(""),
  environment: label().default(""),
  holders: list(seen).transform(unique).default([]),
  limit_per_minute: z
    .int("must be a whole number of requests a minute")
    .positive("must be above 0; leave it out when the key has no limit")
    .max(MOST_PER_MINUTE, `${atMost(MOST_PER_MINUTE)}; leave it out when the key has no limit`)
    .nullable()
    .default(null),
  allowed_cidrs: list(network).transform(unique).default([]),
  scopes: list(seen).transform(unique).default([]),
  prices: boundedRecord(
    text(512),
    dollars(MOST_USD_A_REQUEST),
    MAX_LIST,
    "must be an object of US dollars by route",
  ).default({}),
  monthly_budget_usd: dollars(MOST_BUDGET_USD).nullable().default(null),
  created_at: date.nullable().default(null),
  rotate_by: date.nullable().default(null),
  revoked_at: date.nullable().default(null),
  replaces: label(KEY_ID_CAP).default(""),
  routing_key_ref: text(64)
    .refine(
      (value) => !/^[A-Za-z0-9]{32}$/.test(value),
      "must be the name of a routing key, not the routing key itself",
    )
    .default(""),
  runbook_url: text(2048)
    .refine((value) => value === "" || isWebAddress(value), "must be an http:// or https:// address")
    .default(""),
  guard: text(GUARD_NAME_CAP)
    .refine(
      (value) => value === "" || GUARD_NAME.test(value),
      "must be the name of a guard in PLIMSOLL_GUARDS: letters, digits, _ . and -",
    )
    .default(""),
  guard_ref: label(KEY_ID_CAP).default(""),
  rules: list(ruleSchema)
    .superRefine((rules, context) => {
      const firstOf = new Map<string, number>();
      for (const [at, rule] of rules.entries()) {
        const first = firstOf.get(ruleName(rule));
        if (first === undefined) {
          firstOf.set(ruleName(rule), at);
          continue;
        }
        context.addIssue({
          code: "custom",
          path: [at, "name"],
          message: `is that of rules[${first}]: give one another name`,
        });
      }
    })
    .default([]),
  valid_from: date.optional(),
});

/** Names of all fields, in the order of docs/contract.md. */
export const keyFields: readonly string[] = Object.keys(keySchema.shape);

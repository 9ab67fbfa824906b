import { z } from "zod";
import { boundedList, boundedText } from "../../text/bounded-schema.js";
import { hasUnprintable, isBlank } from "../../text/clean-text.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";

/** Minutes are read from a minute before the span to its end: an hour is what a check of all keys can afford. */
const LONGEST_HELD_MINUTES = 60;
/** Minute rows are kept for ten weeks; the oldest week must still be whole on its last day. */
const MOST_WEEKS = 8;
/** Of fewer requests the square root alone is more than ten percent. */
const LEAST_REQUESTS = 100;
/** A bound beyond a thousand million dollars is none. */
const MOST_USD = 1_000_000_000;
const CLOCK_SPAN = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** Days of the week as rules name them, Monday first. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const name = boundedText(64)
  .trim()
  .min(1, "must have at least 1 character; leave it out to name the rule after its content")
  .refine((value) => !hasUnprintable(value), "must not contain control characters or broken Unicode")
  .refine((value) => value === "" || !isBlank(value), "must not be blank")
  .refine((value) => !looksLikeSecret(value), "looks like a secret, and secrets are never stored")
  .optional();
const severity = z
  .enum(
    ["critical", "error", "warning", "info"],
    "must be critical or error, which page, or warning or info, which do not",
  )
  .default("warning");
const above0 = (what: string) => z.number(`must be a number of ${what}`).positive("must be above 0");
const whole = (what: string, least: number, most: number) =>
  z
    .int(`must be a whole number of ${what}`)
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);
const timeZone = boundedText(64).refine(isTimeZone, "must be a time zone like Europe/Berlin or UTC").default("UTC");
const clockSpan = z
  .string("must be text like 00:00-06:00")
  .max(11, { error: "must be two times of day like 00:00-06:00 or 22:00-24:00", abort: true })
  .regex(CLOCK_SPAN, "must be two times of day like 00:00-06:00 or 22:00-24:00")
  .refine(
    (value) => value.slice(0, 5) !== value.slice(6),
    "must not end when it starts; write 00:00-24:00 for a whole day",
  );

/** Every minute of the last `for_minutes` at or above a share of `limit_per_minute`. */
const limitShare = z.strictObject({
  kind: z.literal("limit_share"),
  name,
  severity,
  percent: above0("percent").max(1000, "must be at most 1000"),
  for_minutes: whole("minutes", 1, LONGEST_HELD_MINUTES),
});

/** Requests of a span of local time so far, against the same hours of the same weekday in past weeks. */
const change = z.strictObject({
  kind: z.literal("change"),
  name,
  severity,
  percent: z
    .number("must be a number of percent, like 20 or -50")
    .min(-100, "must be at least -100")
    .max(100_000, "must be at most 100000")
    .refine((value) => value !== 0, "must not be 0"),
  between: clockSpan,
  time_zone: timeZone,
  weeks: whole("weeks", 2, MOST_WEEKS).default(4),
  min_requests: whole("requests", 1, 1_000_000_000).default(LEAST_REQUESTS),
  days: boundedList(z.enum(WEEKDAYS, `must be one of ${WEEKDAYS.join(", ")}`), WEEKDAYS.length)
    .refine((days) => days.length > 0, "must name a day; leave it out for all days")
    .transform((days) => WEEKDAYS.filter((day) => days.includes(day)))
    .optional(),
});

/** More than so many dollars in an hour, day or month of the calendar. */
const spend = z.strictObject({
  kind: z.literal("spend"),
  name,
  severity,
  usd: above0("US dollars").max(MOST_USD, `must be at most ${MOST_USD.toLocaleString("en-US")}`),
  per: z.enum(["hour", "day", "month"], "must be hour, day or month"),
  time_zone: timeZone,
});

/** More than a share of `monthly_budget_usd` in a month of the calendar. */
const budgetShare = z.strictObject({
  kind: z.literal("budget_share"),
  name,
  severity,
  percent: above0("percent").max(10_000, "must be at most 10000"),
  time_zone: timeZone,
});

/** A fixed rule as the registry's `rules` spell it, with its defaults filled in. */
export const ruleSchema = z.discriminatedUnion("kind", [limitShare, change, spend, budgetShare], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? "must be limit_share, change, spend or budget_share"
      : 'must be an object like {"kind":"limit_share","percent":75,"for_minutes":5}',
});

export type Rule = z.output<typeof ruleSchema>;
export type RuleOf<Kind extends Rule["kind"]> = Extract<Rule, { kind: Kind }>;
export type Weekday = (typeof WEEKDAYS)[number];

/** What a rule is called: its name, or what it says. Two rules of one key that are called alike are one. */
export function ruleName(rule: Rule): string {
  if (rule.name !== undefined) return rule.name;
  if (rule.kind === "limit_share") return `${rule.percent} % of the limit for ${rule.for_minutes} min`;
  if (rule.kind === "spend") return `$${rule.usd} per ${rule.per}${inZone(rule.time_zone)}`;
  if (rule.kind === "budget_share") return `${rule.percent} % of the monthly budget${inZone(rule.time_zone)}`;
  const days = rule.days === undefined ? "" : ` on ${rule.days.join(" ")}`;
  return `${rule.percent > 0 ? "+" : ""}${rule.percent} % from ${rule.between}${days}${inZone(rule.time_zone)}`;
}

function inZone(zone: string): string {
  return zone === "UTC" ? "" : ` ${zone}`;
}

/** A name of the time zone database; offsets are refused, as no calendar changes by them in summer. */
function isTimeZone(value: string): boolean {
  try {
    return /^[A-Za-z][\w+/-]*$/.test(value) && new Intl.DateTimeFormat("en", { timeZone: value }).format() !== "";
  } catch {
    return false;
  }
}

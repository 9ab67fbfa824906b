import { readFileSync } from "node:fs";
import { z } from "zod";
import { AUTOMATIC_MODES } from "./contain/judge-automatic.js";
import type { Destinations } from "./destination/destination.js";
import { parseDestinations } from "./destination/parse-destinations.js";
import { parseGuards, type Guard } from "./guard/parse-guards.js";
import {
  asSecret,
  awsAccessKey,
  awsRegions,
  claim,
  clickHouseUrls,
  credential,
  githubToken,
  groups,
  linkedUrl,
  listOf,
  networks,
  oidcIssuer,
  requiredClaim,
  pepper,
  rate,
  rateOrNone,
  redisUrl,
  ROUTING_KEY,
  routingKeys,
  scopes,
  tokens,
  url,
  wholeNumber,
} from "./setting-types.js";
import { oidcProblems } from "./oidc-problems.js";
import { parseSecretList, sharedTokens } from "./token-list.js";
import { unknownSetting } from "./unknown-setting.js";

/** What guards keys, by name. */
const guards = z
  .string()
  .transform((text, context): ReadonlyMap<string, Guard> => {
    const parsed = parseGuards(text);
    if ("guards" in parsed) return parsed.guards;
    for (const message of parsed.problems) context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .default(new Map());

/** Where notifications go beside PagerDuty, by name. */
const destinations = z
  .string()
  .transform((text, context): Destinations => {
    const parsed = parseDestinations(text);
    if ("destinations" in parsed) return parsed.destinations;
    for (const message of parsed.problems) context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .default(new Map());

const environment = z.object({
  CLICKHOUSE_URL: clickHouseUrls.default("http://127.0.0.1:8123/plimsoll").transform(asSecret),
  REDIS_URL: redisUrl.default("redis://127.0.0.1:6379").transform(asSecret),
  PAGERDUTY_ROUTING_KEY: z
    .string()
    .regex(ROUTING_KEY, "must be the 32 letters and digits of an Events API v2 integration key")
    .transform(asSecret)
    .optional(),
  PAGERDUTY_ROUTING_KEYS: routingKeys,
  PAGERDUTY_EVENTS_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(:\d+)?$/, "must be a host, or host:port, without https://")
    .default("events.pagerduty.com"),
  PAGERDUTY_WEBHOOK_SECRET: listOf(parseSecretList),
  PLIMSOLL_INGEST_TOKENS: tokens("ingest"),
  PLIMSOLL_READ_TOKENS: tokens("read"),
  PLIMSOLL_ADMIN_TOKENS: tokens("admin"),
  PLIMSOLL_OIDC_ISSUER: oidcIssuer,
  PLIMSOLL_OIDC_CLIENT_ID: z.string().min(1).optional(),
  PLIMSOLL_OIDC_CLIENT_SECRET: z.string().min(1).transform(asSecret).optional(),
  PLIMSOLL_OIDC_SCOPES: scopes,
  PLIMSOLL_OIDC_NAME_CLAIM: claim("email"),
  PLIMSOLL_OIDC_GROUPS_CLAIM: claim("groups"),
  PLIMSOLL_OIDC_REQUIRED_CLAIM: requiredClaim,
  PLIMSOLL_OIDC_READ_GROUPS: groups,
  PLIMSOLL_OIDC_ACT_GROUPS: groups,
  PLIMSOLL_KEY_PEPPER: pepper,
  PLIMSOLL_KEY_PEPPER_PREVIOUS: pepper,
  PLIMSOLL_BASE_URL: linkedUrl.optional(),
  PLIMSOLL_URL: url("http:", "https:").default("http://127.0.0.1:8787"),
  PLIMSOLL_HTTP_HOST: z.string().min(1).default("127.0.0.1"),
  PLIMSOLL_HTTP_PORT: wholeNumber(0, 65_535, 8787),
  PLIMSOLL_TRUSTED_PROXIES: networks,
  PLIMSOLL_BATCH_MAX_EVENTS: wholeNumber(100, 100_000, 100_000),
  PLIMSOLL_BATCH_MAX_WAIT_MS: wholeNumber(10, 10_000, 3000),
  PLIMSOLL_DURABLE: z.enum(["disk", "memory", "replica"], "must be disk, memory or replica").default("disk"),
  PLIMSOLL_REPLICAS: wholeNumber(1, 9, 1),
  PLIMSOLL_DEDUPLICATE_IDS: z.enum(["on", "off"], "must be on or off").default("off"),
  PLIMSOLL_TOKEN_EVENTS_PER_SECOND: wholeNumber(0, 10_000_000, 50_000),
  PLIMSOLL_TOKEN_PARTITIONS_PER_SECOND: wholeNumber(0, 1_000_000, 100),
  PLIMSOLL_REDIS_MEMORY_PERCENT: wholeNumber(10, 90, 70),
  PLIMSOLL_QUEUE_EVENTS: wholeNumber(1000, 10_000_000_000, 100_000_000),
  PLIMSOLL_QUEUE_MINUTES: wholeNumber(5, 43_200, 1440),
  PLIMSOLL_FALSE_PAGES_PER_MONTH: rate.default(1),
  PLIMSOLL_NOTICES_PER_WEEK: rate.default(7),
  PLIMSOLL_PAGE_BUDGET: rate.optional(),
  PLIMSOLL_NOTICE_BUDGET: rate.optional(),
  PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR: rateOrNone,
  PLIMSOLL_CONTAIN_AUTOMATICALLY: z.enum(AUTOMATIC_MODES, "must be off, dry-run or on").default("dry-run"),
  PLIMSOLL_UNREGISTERED_KEYS: wholeNumber(0, 1_000_000, 20_000),
  PLIMSOLL_SETTLE_SECONDS: wholeNumber(0, 600, 30),
  PLIMSOLL_FIRST_LOOKBACK_MINUTES: wholeNumber(0, 1440, 60),
  PLIMSOLL_RAW_DAYS: wholeNumber(1, 3650, 90),
  PLIMSOLL_MINUTE_DAYS: wholeNumber(30, 3650, 70),
  PLIMSOLL_HOUR_DAYS: wholeNumber(30, 36_500, 400),
  PLIMSOLL_NETWORKS_FILE: z.string().optional(),
  PLIMSOLL_LEAK_PUBLIC_KEYS_FILE: z.string().optional(),
  PLIMSOLL_OPENAI_ADMIN_KEY: credential,
  PLIMSOLL_ANTHROPIC_ADMIN_KEY: credential,
  PLIMSOLL_OPENROUTER_MANAGEMENT_KEY: credential,
  PLIMSOLL_AWS_ACCESS_KEY: awsAccessKey,
  PLIMSOLL_AWS_REGIONS: awsRegions,
  PLIMSOLL_GITHUB_INSIGHTS_TOKEN: githubToken,
  PLIMSOLL_GUARDS: guards,
  PLIMSOLL_DESTINATIONS: destinations,
  PLIMSOLL_HEARTBEAT_URL: url("http:", "https:").optional(),
  PLIMSOLL_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** The whole environment, checked. Field names are the environment's names: one name end to end. */
export type Config = z.output<typeof environment>;

/** Every environment name that Plimsoll reads; each may also be given as `<NAME>_FILE`. */
export const environmentNames: readonly string[] = Object.keys(environment.shape);

/** What is wrong with the environment, all of it at once. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the environment is not usable:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads and checks the environment.
 * @throws ConfigError naming every unknown `PLIMSOLL_*` name and every unusable value, never the value itself.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of environmentNames) {
    const text = readValue(env, name, problems);
    if (text !== undefined && text !== "") values[name] = text;
  }
  for (const name of Object.keys(env)) {
    const known = environmentNames.includes(name) || environmentNames.includes(name.replace(/_FILE$/, ""));
    if (name.startsWith("PLIMSOLL_") && !known) problems.push(unknownSetting(name, environmentNames));
  }
  const parsed = environment.safeParse(values);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`));
  else problems.push(...sharedTokens(parsed.data), ...oidcProblems(parsed.data, Object.keys(values)));
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
}

/**
 * One setting's value from a text, as readConfig makes it of the environment.
 * @throws Error that says what is wrong with it, never the value itself
 */
export function parseSetting<Name extends keyof Config>(name: Name, text: string): Config[Name] {
  const trimmed = text.trim();
  const parsed = environment.shape[name].safeParse(trimmed === "" ? undefined : trimmed);
  if (!parsed.success) throw new Error(parsed.error.issues.map(({ message }) => message).join("; "));
  return parsed.data as Config[Name];
}

function readValue(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  problems: string[],
): string | undefined {
  // PLIMSOLL_NETWORKS_FILE and the like are names of their own: their value is the path.
  const path = environmentNames.includes(`${name}_FILE`) ? undefined : env[`${name}_FILE`];
  if (path === undefined || path === "") return env[name];
  if (env[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set: keep one`);
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    problems.push(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`);
    return undefined;
  }
}

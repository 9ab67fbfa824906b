import type { z } from "zod";
import type { IdentifyKey } from "./identify-key.js";
import type { KeyVersion } from "./key.js";
import { keySchema } from "./key-schema.js";
import { RawKeyFinder } from "../../text/secret/raw-key-finder.js";
import { ALL_KEYS } from "./rules-of-keys.js";
import { listedOnce, shownName, unknownField } from "./unknown-field.js";
import { maskSecrets } from "../../text/secret/secret-shape.js";

const MOST_PROBLEMS = 20;

/** What is said of a field in which the raw key stands, or 12 characters of it in a row. */
export const HOLDS_RAW_KEY = "contains the raw key, or most of it, which is never stored: give it as key only";

/** A registry entry that can be used, and which of its fields were given rather than defaulted. */
export interface ParsedKey {
  readonly key: KeyVersion;
  readonly given: ReadonlySet<string>;
}

/** What is wrong with an entry: sentences that name the field and what to do, and never repeat a value that may be secret. */
export interface KeyProblems {
  readonly problems: readonly string[];
}

/**
 * Checks one object of the registry. A raw `key` is turned into fingerprints and display by `identify` and dropped;
 * without `identify` it is refused. `valid_from` defaults to `now` (epoch ms). A null field counts as left out.
 */
export function parseKey(entry: unknown, now: number, identify?: IdentifyKey): ParsedKey | KeyProblems {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return { problems: ['must be an object like {"key_id":"…","owner":"…"}'] };
  }
  const fields = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
  const parsed = keySchema.safeParse(fields);
  if (!parsed.success) return { problems: firstOf(parsed.error.issues.flatMap(sentencesOf)) };
  const { key: rawKey, ...kept } = parsed.data;
  const problems = contradictionsOf(parsed.data, fields);
  if (rawKey !== undefined && identify === undefined) {
    problems.push(
      "key: cannot be fingerprinted without a pepper: set PLIMSOLL_KEY_PEPPER, or give fingerprints instead",
    );
  }
  if (problems.length > 0) return { problems: firstOf(problems) };
  const identity = rawKey === undefined ? undefined : identify?.(rawKey);
  return { key: toVersion(kept, now, identity), given: new Set(Object.keys(fields)) };
}

type Entry = z.output<typeof keySchema>;

function toVersion(entry: Omit<Entry, "key">, now: number, identity?: ReturnType<IdentifyKey>): KeyVersion {
  return {
    keyId: entry.key_id,
    validFrom: entry.valid_from ?? now,
    display: entry.display ?? identity?.display ?? "",
    fingerprints: [...new Set([...(identity?.fingerprints ?? []), ...(entry.fingerprints ?? [])])],
    owner: entry.owner,
    service: entry.service,
    provider: entry.provider,
    environment: entry.environment,
    holders: entry.holders,
    limitPerMinute: entry.limit_per_minute,
    allowedCidrs: entry.allowed_cidrs,
    scopes: entry.scopes,
    prices: entry.prices,
    monthlyBudgetUsd: entry.monthly_budget_usd,
    createdAt: entry.created_at,
    rotateBy: entry.rotate_by,
    revokedAt: entry.revoked_at,
    replaces: entry.replaces,
    routingKeyRef: entry.routing_key_ref,
    runbookUrl: entry.runbook_url,
    guard: entry.guard,
    guardRef: entry.guard_ref,
    rules: entry.rules,
  };
}

/** Fields that are each fine and cannot both be true. */
function contradictionsOf(entry: Entry, fields: Readonly<Record<string, unknown>>): string[] {
  const problems = entry.key_id === ALL_KEYS ? unknownSourcesOf(fields) : [];
  const { key: rawKey, created_at: createdAt, revoked_at: revokedAt } = entry;
  if (entry.replaces === entry.key_id) problems.push("replaces: must name another key than key_id");
  if (createdAt !== null && revokedAt !== null && revokedAt < createdAt) {
    problems.push("revoked_at: must not be before created_at");
  }
  if (rawKey === undefined) return problems;
  const finder = new RawKeyFinder(rawKey);
  for (const [name, value] of Object.entries(fields)) {
    if (name !== "key" && isSomewhereIn(value, finder)) problems.push(`${name}: ${HOLDS_RAW_KEY}`);
  }
  return problems;
}

function isSomewhereIn(value: unknown, rawKey: RawKeyFinder): boolean {
  if (typeof value === "string") return rawKey.isIn(value);
  if (typeof value !== "object" || value === null) return rawKey.isIn(String(value));
  return Object.entries(value).some(([name, own]) => rawKey.isIn(name) || isSomewhereIn(own, rawKey));
}

/** More tell nothing new, and an answer must not be many times as long as what it answers. */
function firstOf(problems: readonly string[]): readonly string[] {
  const more = problems.length - MOST_PROBLEMS;
  const first = listedOnce(problems.slice(0, MOST_PROBLEMS));
  return more > 0 ? [...first, `and ${more} more`] : first;
}

/** What the entry for all keys cannot say, as it is no key. */
function unknownSourcesOf(fields: Readonly<Record<string, unknown>>): string[] {
  const unknownSources = Object.keys(fields).filter((name) => !["key_id", "rules", "valid_from"].includes(name));
  const none = fields["rules"] === undefined ? ["rules: is missing: the entry * holds the rules for all keys"] : [];
  return [
    ...none,
    ...unknownSources.map((name) => `${name}: applies to a single key: the entry * takes only rules and valid_from`),
  ];
}

/** `allowed_cidrs[1]: is not a network…`; an unknown field is named, unless its name may be a secret. */
function sentencesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((name) =>
      issue.path.length === 0
        ? unknownField(name)
        : `${pathOf(issue.path)}.${shownName(name)}: is not a field of such a rule; see docs/rules.md for its fields`,
    );
  if (issue.code === "invalid_key")
    return [`${pathOf(issue.path.slice(0, 1))}: a route is too long or contains a secret`];
  if (issue.path.length === 1 && issue.code === "invalid_type" && issue.path[0] === "key_id") {
    return [
      "key_id: is missing or not text: every entry needs a public identifier of the key, also one that gives the raw key as key",
    ];
  }
  return [`${pathOf(issue.path)}: ${issue.message}`];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .map((part) => maskSecrets(part).text)
    .join("");
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { toKeyEntry } from "../../src/model/key/key-entry.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { ruleName, ruleSchema, WEEKDAYS } from "../../src/model/key/rule.js";
import { rulesOfKeys, toRules } from "../../src/model/key/rules-of-keys.js";
import { keyVersion } from "../helpers/key-version.js";

const now = Date.UTC(2026, 2, 8);
const problemsOf = (entry: unknown) => {
  const result = parseKey(entry, now);
  return "problems" in result ? result.problems : [];
};
const rulesOf = (...rules: unknown[]) => {
  const result = parseKey({ key_id: "k1", rules }, now);
  assert.ok("key" in result, JSON.stringify(result));
  return result.key.rules;
};

const share = { kind: "limit_share", percent: 75, for_minutes: 5 };
const change = { kind: "change", percent: 20, between: "00:00-06:00", time_zone: "Europe/Berlin" };
const spend = { kind: "spend", usd: 100, per: "day" };

describe("a rule", () => {
  const bad: readonly (readonly [what: string, rule: unknown, problem: RegExp])[] = [
    ["an unknown kind", { kind: "rate" }, /^rules\[0\]\.kind: must be limit_share, change, spend or budget_share/],
    ["no kind", {}, /^rules\[0\]\.kind: must be limit_share/],
    ["no percent", { ...share, percent: undefined }, /^rules\[0\]\.percent: must be a number of percent/],
    ["percent 0", { ...share, percent: 0 }, /^rules\[0\]\.percent: must be above 0/],
    ["a span of hours", { ...share, for_minutes: 90 }, /^rules\[0\]\.for_minutes: must be at most 60/],
    ["half a minute", { ...share, for_minutes: 0.5 }, /^rules\[0\]\.for_minutes: must be a whole number/],
    ["a field of another kind", { ...share, usd: 1 }, /^rules\[0\]\.usd: is not a field of such a rule/],
    ["a severity of its own", { ...share, severity: "high" }, /^rules\[0\]\.severity: must be critical or error/],
    ["no change at all", { ...change, percent: 0 }, /^rules\[0\]\.percent: must not be 0/],
    ["a fall by more than all", { ...change, percent: -101 }, /^rules\[0\]\.percent: must be at least -100/],
    ["hours in words", { ...change, between: "night" }, /^rules\[0\]\.between: must be two times of day/],
    ["a span without length", { ...change, between: "06:00-06:00" }, /^rules\[0\]\.between: .*00:00-24:00/],
    ["25 o'clock", { ...change, between: "00:00-25:00" }, /^rules\[0\]\.between: must be two times of day/],
    ["an unknown time zone", { ...change, time_zone: "Berlin" }, /^rules\[0\]\.time_zone: must be a time zone like/],
    ["an offset", { ...change, time_zone: "+02:00" }, /^rules\[0\]\.time_zone: must be a time zone like/],
    ["one week", { ...change, weeks: 1 }, /^rules\[0\]\.weeks: must be at least 2/],
    ["a day in full", { ...change, days: ["monday"] }, /^rules\[0\]\.days\[0\]: must be one of mon, tue/],
    ["no day", { ...change, days: [] }, /^rules\[0\]\.days: must name a day/],
    ["no money", { ...spend, usd: 0 }, /^rules\[0\]\.usd: must be above 0/],
    ["a bound that bounds nothing", { ...spend, usd: 1e300 }, /^rules\[0\]\.usd: must be at most 1,000,000,000$/],
    ["a year", { ...spend, per: "year" }, /^rules\[0\]\.per: must be hour, day or month/],
    ["an empty name", { ...spend, name: " " }, /^rules\[0\]\.name: must have at least 1/],
  ];
  for (const [what, rule, problem] of bad) {
    it(`with ${what} is refused by its field`, () => {
      const problems = problemsOf({ key_id: "k1", rules: [rule] });
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("that is called like another of its key is refused, also where both are named after what they say", () => {
    assert.match(
      problemsOf({ key_id: "k1", rules: [share, spend, share] })[0] ?? "",
      /^rules\[2\]\.name: is that of rules\[0\]/,
    );
    assert.deepEqual(problemsOf({ key_id: "k1", rules: [share, { ...share, name: "busy" }] }), []);
  });

  it("is named after what it says", () => {
    assert.deepEqual(
      rulesOf(share, { ...change, days: ["sun", "sat"] }, spend, { ...spend, name: "dear" }).map(ruleName),
      ["75 % of the limit for 5 min", "+20 % from 00:00-06:00 on sat sun Europe/Berlin", "$100 per day", "dear"],
    );
  });

  it("does not wake anybody unless it says so", () => {
    assert.deepEqual(
      rulesOf(share, { ...spend, severity: "error" }).map(({ severity }) => severity),
      ["warning", "error"],
    );
  });

  const wild = fc.record(
    {
      kind: fc.constantFrom("limit_share", "change", "spend", "budget_share", "other"),
      name: fc.oneof(fc.string(), fc.constant("busy")),
      severity: fc.constantFrom("critical", "error", "warning", "info", "high"),
      percent: fc.oneof(fc.integer({ min: -200, max: 2000 }), fc.double()),
      for_minutes: fc.integer({ min: -1, max: 70 }),
      between: fc.oneof(
        fc.tuple(fc.nat(25), fc.nat(61), fc.nat(25), fc.nat(61)).map(([a, b, c, d]) => {
          const two = (part: number) => String(part).padStart(2, "0");
          return `${two(a)}:${two(b)}-${two(c)}:${two(d)}`;
        }),
        fc.string(),
      ),
      time_zone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "Mars/Olympus", "../../etc", ""),
      weeks: fc.integer({ min: 0, max: 10 }),
      days: fc.array(fc.constantFrom(...WEEKDAYS), { maxLength: 8 }),
      usd: fc.double(),
      per: fc.constantFrom("hour", "day", "month", "year"),
    },
    { requiredKeys: ["kind"] },
  );

  it("of any shape gives a rule or problems, never an error; one that is accepted reads the same again", () => {
    let accepted = 0;
    const fieldsOf: Record<string, readonly string[]> = {
      limit_share: ["percent", "for_minutes"],
      change: ["percent", "between", "time_zone", "weeks", "days"],
      spend: ["usd", "per", "time_zone"],
      budget_share: ["percent", "time_zone"],
    };
    fc.assert(
      fc.property(wild, fc.boolean(), fc.jsonValue(), (drawn, keepAll, other) => {
        problemsOf({ key_id: "k1", rules: [other, drawn] });
        assert.ok(toRules([other, drawn]).length <= 2);
        const known = new Set(["kind", "name", "severity", ...(fieldsOf[drawn.kind] ?? [])]);
        const rule = Object.fromEntries(Object.entries(drawn).filter(([field]) => keepAll || known.has(field)));
        const first = parseKey({ key_id: "k1", rules: [rule] }, now);
        if ("problems" in first) return;
        accepted += 1;
        const again = parseKey(JSON.parse(JSON.stringify(toKeyEntry(first.key))), now);
        assert.ok("key" in again, JSON.stringify(again));
        assert.deepEqual(again.key.rules, first.key.rules);
        assert.deepEqual(toRules(first.key.rules), first.key.rules);
      }),
      { numRuns: 3000 },
    );
    assert.ok(accepted > 100, `only ${accepted} were accepted`);
  });
});

describe("the entry for all keys", () => {
  it("takes rules and valid_from, and nothing that is of one key", () => {
    assert.deepEqual(problemsOf({ key_id: "*", rules: [share], valid_from: "2026-01-01" }), []);
    assert.deepEqual(problemsOf({ key_id: "*", rules: [] }), []);
    assert.match(problemsOf({ key_id: "*" })[0] ?? "", /^rules: is missing/);
    assert.deepEqual(problemsOf({ key_id: "*", rules: [share], owner: "x", limit_per_minute: 5 }), [
      "owner: applies to a single key: the entry * takes only rules and valid_from",
      "limit_per_minute: applies to a single key: the entry * takes only rules and valid_from",
    ]);
  });

  it("gives its rules to every key, registered or not; a key's own come on top and replace those of the same name", () => {
    const [all, own] = [rulesOf({ ...share, name: "busy" }, spend), rulesOf({ ...share, name: "busy", percent: 99 })];
    const rules = rulesOfKeys(
      new Map(
        [keyVersion({ keyId: "*", rules: all }), keyVersion({ keyId: "k1", rules: own, validFrom: 5 })].map((key) => [
          key.keyId,
          key,
        ]),
      ),
    );
    const percents = (keyId: string) => rules.of(keyId, "limit_share").map(({ rule }) => rule.percent);
    assert.deepEqual([percents("k1"), percents("k2")], [[99], [75]]);
    assert.deepEqual(rules.of("k1", "limit_share")[0]?.since, 5);
    assert.deepEqual([rules.of("k1", "spend").length, rules.of("k2", "spend").length], [1, 1]);
    assert.equal(rules.keysWith("limit_share"), "all");
    assert.deepEqual(rules.keysWith("change"), []);
  });

  it("leaves what was stored and is no rule switched off", () => {
    assert.deepEqual(toRules([{ anything: 1 }, null, { kind: "change", percent: 5 }]), []);
    assert.equal(ruleSchema.safeParse(share).success, true);
  });
});

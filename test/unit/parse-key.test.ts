import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { identifyWith } from "../../src/model/key/identify-key.js";
import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { toKeyEntry } from "../../src/model/key/key-entry.js";
import { keyFields } from "../../src/model/key/key-schema.js";
import { parseKey } from "../../src/model/key/parse-key.js";

const now = Date.UTC(2026, 2, 8, 2, 11);
const identify = identifyWith([pepperOf("p".repeat(32)), pepperOf("q".repeat(32))]);
/** Put together here, so that no scanner takes this file for a leak. */
const secret = ["sk", "live", "51HxYzAbCdEfGhIjKlMnOpQr"].join("_");

const problemsOf = (entry: unknown, withPepper = true) => {
  const result = parseKey(entry, now, withPepper ? identify : undefined);
  return "problems" in result ? result.problems : [];
};
const keyOf = (entry: unknown) => {
  const result = parseKey(entry, now, identify);
  assert.ok("key" in result, JSON.stringify(result));
  return result.key;
};

describe("a registry entry", () => {
  const bad: readonly (readonly [what: string, fields: Record<string, unknown>, problem: RegExp])[] = [
    ["no key_id", { key_id: undefined }, /^key_id: is missing/],
    ["a raw key alone", { key_id: undefined, key: "a-raw-key" }, /^key_id: is missing.* gives the raw key as key$/],
    ["an empty key_id", { key_id: "" }, /^key_id: must have at least 1/],
    ["a key_id that is too long", { key_id: "x".repeat(257) }, /^key_id: must be at most 256/],
    ["a key_id that no address can name", { key_id: ".." }, /^key_id: must not be \. or \.\./],
    ["an owner that no address can name", { owner: "." }, /^owner: must not be \. or \.\./],
    ["a key_id with a space around it", { key_id: "k " }, /^key_id: .*space/],
    ["a key_id that is a secret", { key_id: secret }, /^key_id: looks like a secret/],
    ["a line break", { owner: "a\nb" }, /^owner: must not contain control characters/],
    ["half a character", { owner: "\ud800" }, /^owner: .*broken Unicode/],
    ["a secret in a name", { owner: `ask ${secret}` }, /^owner: looks like a secret/],
    ["a secret in a list", { holders: ["Ann", secret] }, /^holders\[1\]: looks like a secret/],
    [
      "a secret in a rule",
      { rules: [{ kind: "spend", usd: 1, per: "day", name: secret }] },
      /^rules\[0\]\.name: looks like a secret/,
    ],
    ["a secret as a route", { prices: { [secret]: 1 } }, /^prices: a route/],
    ["no network", { allowed_cidrs: ["10.0.0.0/8", "office"] }, /^allowed_cidrs\[1\]: is not a network: write it like/],
    ["too many bits", { allowed_cidrs: ["10.0.0.0/33"] }, /^allowed_cidrs\[0\]: has a prefix length above 32/],
    [
      "the whole internet",
      { allowed_cidrs: ["0.0.0.0/0"] },
      /^allowed_cidrs\[0\]: is as wide as \/0 .*leave the field out/,
    ],
    ["half the internet", { allowed_cidrs: ["128.0.0.0/1"] }, /^allowed_cidrs\[0\]: is as wide as \/1/],
    ["all of IPv6", { allowed_cidrs: ["::/0"] }, /^allowed_cidrs\[0\]: is as wide as \/0/],
    ["all of IPv4 mapped", { allowed_cidrs: ["::ffff:0:0/96"] }, /^allowed_cidrs\[0\]: is as wide as \/0/],
    ["an octal address", { allowed_cidrs: ["010.1.1.1/16"] }, /^allowed_cidrs\[0\]: is not a network/],
    ["a zone", { allowed_cidrs: ["fe80::1%eth0"] }, /^allowed_cidrs\[0\]: is not a network/],
    ["no limit at all", { limit_per_minute: 0 }, /^limit_per_minute: must be above 0; leave it out/],
    ["half a request", { limit_per_minute: 1.5 }, /^limit_per_minute: must be a whole number/],
    ["a limit as text", { limit_per_minute: "100" }, /^limit_per_minute: must be a whole number/],
    ["a price below 0", { prices: { "POST /a": -1 } }, /^prices\.POST \/a: must not be below 0/],
    ["a vast price", { prices: { "/a": 1e308 } }, /^prices\.\/a: must be at most 1,000,000$/],
    ["a vast budget", { monthly_budget_usd: 1e12 }, /^monthly_budget_usd: must be at most 1,000,000,000$/],
    ["a vast limit", { limit_per_minute: 2e9 }, /^limit_per_minute: must be at most 1,0/],
    ["a price as text", { prices: { "/a": "1" } }, /^prices\.\/a: must be a number of US dollars/],
    ["a budget below 0", { monthly_budget_usd: -5 }, /^monthly_budget_usd: must not be below 0/],
    ["a day in words", { created_at: "yesterday" }, /^created_at: must be a date like 2026-03-08T02:11:00Z/],
    ["a day that is none", { rotate_by: "2026-02-30T00:00:00Z" }, /^rotate_by: must be a date like/],
    ["a time without a zone", { revoked_at: "2026-03-08T02:11:00" }, /^revoked_at: must be a date like/],
    ["the far future", { valid_from: "9999-01-01T00:00:00Z" }, /^valid_from: must be between/],
    ["a short fingerprint", { fingerprints: ["abc"] }, /^fingerprints\[0\]: must be 64 hex digits/],
    ["a fingerprint that is no list", { fingerprints: "a".repeat(64) }, /^fingerprints: must be a list/],
    ["an unknown field", { colour: 5 }, /^colour: is not a field of the registry; its fields are key_id, key,/],
    [
      "a misspelt field",
      { limt_per_minute: 5 },
      /^limt_per_minute: is not .* registry: did you mean limit_per_minute\?$/,
    ],
    ["a field in another case", { allowedCidrs: [] }, /^allowedCidrs: is not .*: did you mean allowed_cidrs\?$/],
    ["a word of a field", { limit: 5 }, /^limit: is not .*: did you mean limit_per_minute\?$/],
    ["a script for a runbook", { runbook_url: "javascript:alert(1)" }, /^runbook_url: must be an http/],
    [
      "a routing key itself",
      { routing_key_ref: "0123456789abcdef0123456789abcdef" },
      /^routing_key_ref: must be the name/,
    ],
    ["itself as its predecessor", { replaces: "k1" }, /^replaces: must name another key/],
    [
      "an end before its begin",
      { created_at: "2026-03-02", revoked_at: "2026-03-01" },
      /^revoked_at: must not be before/,
    ],
    ["a rule that is text", { rules: ["x"] }, /^rules\[0\]: must be an object/],
    ["a raw key that is short", { key: "1234567" }, /^key: must have at least 8/],
    ["a raw key that is the key_id", { key_id: "my-own-key", key: "my-own-key" }, /^key_id: contains the raw key/],
    ["a raw key in a note", { key: "my-own-key", owner: "my-own-key" }, /^owner: contains the raw key/],
  ];
  for (const [what, fields, problem] of bad) {
    it(`with ${what} is refused by its field`, () => {
      const problems = problemsOf({ key_id: "k1", ...fields });
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("tells all its problems at once", () => {
    assert.equal(problemsOf({ key_id: "", limit_per_minute: -1, colour: "red", size: 1 }).length, 4);
  });

  it("that is no object is refused", () => {
    for (const entry of [null, 1, "k1", ["k1"]]) assert.match(problemsOf(entry)[0] ?? "", /^must be an object/);
  });

  it("never has a secret repeated in its problems", () => {
    const entries = keyFields.flatMap((name) => [
      { key_id: "k1", [name]: secret },
      { key_id: "k1", [name]: [secret] },
    ]);
    const all = [...entries, { key_id: "k1", [secret]: 1 }, { key_id: "k1", prices: { [secret]: -1 } }];
    for (const entry of all)
      assert.ok(!problemsOf(entry, false).join("\n").includes(secret.slice(8)), JSON.stringify(entry));
  });

  it("with a raw key keeps a fingerprint for each pepper and the display, and drops the key", () => {
    const key = keyOf({ key_id: "k1", key: secret });
    assert.equal(key.fingerprints.length, 2);
    assert.equal(key.display, "sk_live_…OpQr");
    assert.ok(!JSON.stringify(key).includes(secret));
    assert.match(
      problemsOf({ key_id: "k1", key: secret }, false)[0] ?? "",
      /^key: cannot be .* set PLIMSOLL_KEY_PEPPER/,
    );
  });

  it("counts from now unless it says otherwise, and takes null for nothing", () => {
    assert.equal(keyOf({ key_id: "k1" }).validFrom, now);
    assert.equal(keyOf({ key_id: "k1", valid_from: "2026-03-08T03:11:00+01:00" }).validFrom, now);
    assert.deepEqual(keyOf({ key_id: "k1", owner: null, limit_per_minute: null }), keyOf({ key_id: "k1" }));
  });

  it("has its networks spelled in one way", () => {
    const given = ["10.1.2.3/8", "203.0.113.9", "2001:DB8::1/32", "::ffff:192.0.2.7/120", "192.0.2.0/24"];
    const spelled = ["10.0.0.0/8", "203.0.113.9/32", "2001:db8::/32", "192.0.2.0/24"];
    assert.deepEqual(keyOf({ key_id: "k1", allowed_cidrs: given }).allowedCidrs, spelled);
  });

  const words = fc.string({ unit: "grapheme", maxLength: 40 });
  const date = fc
    .date({ min: new Date(0), max: new Date("2199-12-31"), noInvalidDate: true })
    .map((at) => at.toISOString());
  const dollars = fc.double({ min: -1, max: 1e6, noNaN: true });
  const network = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 33 })).map(([ip, bits]) => `${ip}/${bits}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 129 })).map(([ip, bits]) => `${ip}/${bits}`),
    fc.ipV6(),
  );
  const entry = fc.record(
    {
      key_id: fc.string({ maxLength: 20 }),
      key: fc.string({ minLength: 8, maxLength: 60 }),
      display: words,
      fingerprints: fc.array(fc.stringMatching(/^[0-9a-fA-F]{64}$/), { maxLength: 3 }),
      owner: words,
      holders: fc.array(words, { maxLength: 3 }),
      limit_per_minute: fc.oneof(fc.nat(1_000_000_000), fc.constant(null)),
      allowed_cidrs: fc.array(network, { maxLength: 3 }),
      prices: fc.dictionary(fc.string(), dollars),
      monthly_budget_usd: dollars,
      created_at: date,
      rotate_by: date,
      replaces: words,
      rules: fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 2 }),
      valid_from: date,
    },
    { requiredKeys: ["key_id"] },
  );

  it("that is accepted can be printed and read again, and is the same", () => {
    // Most entries by chance are refused: as many are drawn as it takes.
    fc.assert(
      fc.property(entry, (one) => {
        const first = parseKey(JSON.parse(JSON.stringify(one)), now, identify);
        fc.pre("key" in first);
        const again = parseKey(JSON.parse(JSON.stringify(toKeyEntry(first.key))), now + 1);
        assert.ok("key" in again, JSON.stringify(again));
        assert.deepEqual(again.key, first.key);
      }),
      { numRuns: 100, maxSkipsPerRun: 1000 },
    );
  });

  it("of any shape gives a key or problems, and never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...keyFields), (value, field) => {
        parseKey(value, now, identify);
        parseKey({ key_id: "k1", [field]: value }, now, identify);
      }),
    );
  });
});

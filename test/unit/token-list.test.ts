import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, readConfig } from "../../src/config.js";
import { parseTokenList } from "../../src/token-list.js";

const TOKEN = "0123456789abcdef0123456789abcdef";
const OTHER = "fedcba9876543210fedcba9876543210";
const LISTS = ["PLIMSOLL_INGEST_TOKENS", "PLIMSOLL_READ_TOKENS", "PLIMSOLL_ADMIN_TOKENS"] as const;

/** What readConfig says of an environment, or null when it takes it. */
function problemsOf(env: Readonly<Record<string, string>>): readonly string[] | null {
  try {
    readConfig(env);
    return null;
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
}

/** Lists that let in nobody, or somebody who was not meant, and what has to be said of them. */
const UNUSABLE: readonly (readonly [list: string, problem: RegExp])[] = [
  [",", /entry 1: is empty/],
  [" , ", /entry 2: is empty/],
  [" ", /entry 1: is empty/],
  [`${TOKEN},`, /entry 2: is empty/],
  [`${TOKEN},,${OTHER}`, /entry 2: is empty/],
  ["a=", /entry 1: must be name=token/],
  ["emergency-access-of-operations=", /entry 1: must be name=token/],
  [`=${TOKEN}`, /entry 1: must be name=token/],
  [`on call=${TOKEN}`, /entry 1: must be name=token/],
  ["gateway=short", /entry 1: a token needs at least 16 characters/],
  ["short", /entry 1: a token needs at least 16 characters/],
  [`${TOKEN} ${OTHER}`, /entry 1: a token may contain .* no spaces/],
  [`${TOKEN}\u00fc`, /entry 1: a token may contain/],
  [`a=${TOKEN},b=${TOKEN}`, /entry 2: is the same as entry 1/],
];

test("a token list that is not wholly usable is an error at the start, which names list and entry and shows no token", () => {
  for (const [list, problem] of UNUSABLE) {
    for (const name of LISTS) {
      const problems = problemsOf({ [name]: list });
      assert.equal(problems?.length, list.trim() === "," ? 2 : 1, `${name} ${list}`);
      assert.match(problems.join("\n"), problem);
      assert.ok(problems.every((one) => one.startsWith(`${name} entry `)));
      for (const secret of [TOKEN, OTHER, "short"]) assert.ok(!problems.join().includes(secret), list);
    }
  }
  for (const secrets of [",", "x", `${TOKEN},`]) {
    assert.match(problemsOf({ PAGERDUTY_WEBHOOK_SECRET: secrets })?.join() ?? "", /^PAGERDUTY_WEBHOOK_SECRET entry /);
  }
  assert.match(problemsOf({ PAGERDUTY_ROUTING_KEYS: "," })?.join() ?? "", /^PAGERDUTY_ROUTING_KEYS entry 1/);
});

test("a token has one right: in two lists it is an error", () => {
  for (const [one, other] of [LISTS.slice(0, 2), LISTS.slice(1), [LISTS[0], LISTS[2]]]) {
    const problems = problemsOf({ [one!]: `a=${TOKEN}`, [other!]: `b=${OTHER},a=${TOKEN}` });
    assert.deepEqual(problems, [`${other} entry 2: is the same as entry 1 of ${one}: a token has one right`]);
  }
});

test("lists as people write them are taken: unset, with and without names, two tokens of one name while they are replaced, base64", () => {
  assert.equal(problemsOf({}), null);
  assert.equal(problemsOf({ PLIMSOLL_READ_TOKENS: "" }), null);
  const { entries, problems } = parseTokenList("read", `${TOKEN}, gateway=${OTHER} ,gateway=dGVzdHRlc3R0ZXN0dGVzdA==`);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    entries.map(({ name, token }) => [name, token.reveal()]),
    [
      ["read-1", TOKEN],
      ["gateway", OTHER],
      ["gateway", "dGVzdHRlc3R0ZXN0dGVzdA=="],
    ],
  );
});

test("entries beside one that cannot be used are told from it", () => {
  const { entries, problems } = parseTokenList("read", `a=${TOKEN},short,b=${OTHER}`);
  assert.deepEqual(
    entries.map(({ name }) => name),
    ["a", "b"],
  );
  assert.deepEqual(problems, ["entry 2: a token needs at least 16 characters"]);
});

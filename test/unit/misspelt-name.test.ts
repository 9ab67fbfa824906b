import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, readConfig } from "../../src/config.js";

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
};

test("a misspelt setting is refused with the one that was meant, and one that is like none with none", () => {
  assert.deepEqual(problemsOf({ PLIMSOLL_RAW_DAY: "30" }), [
    "PLIMSOLL_RAW_DAY is not a name that Plimsoll knows (PLIMSOLL_RAW_DAYS is): see docs/settings.md",
  ]);
  assert.match(problemsOf({ PLIMSOLL_ADMIN_TOKEN_FILE: "/x" })[0] ?? "", /\(PLIMSOLL_ADMIN_TOKENS_FILE is\)/);
  assert.deepEqual(problemsOf({ PLIMSOLL_FAVOURITE_COLOUR: "blue" }), [
    "PLIMSOLL_FAVOURITE_COLOUR is not a name that Plimsoll knows: see docs/settings.md",
  ]);
});

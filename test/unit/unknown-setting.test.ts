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
    "PLIMSOLL_RAW_DAY is not a setting of Plimsoll: did you mean PLIMSOLL_RAW_DAYS?",
  ]);
  assert.match(problemsOf({ PLIMSOLL_ADMIN_TOKEN_FILE: "/x" })[0] ?? "", /did you mean PLIMSOLL_ADMIN_TOKENS_FILE\?/);
  for (const name of ["PLIMSOLL_FAVOURITE_COLOUR", "PLIMSOLL_FOO"]) {
    assert.deepEqual(problemsOf({ [name]: "blue" }), [`${name} is not a setting of Plimsoll: see docs/settings.md`]);
  }
});

test("a setting under its old name is refused with the new name, also where it is read from a file", () => {
  assert.deepEqual(problemsOf({ PLIMSOLL_GROUP_EVENTS: "100", PLIMSOLL_GROUP_MS_FILE: "/x" }), [
    "PLIMSOLL_GROUP_EVENTS was renamed to PLIMSOLL_BATCH_MAX_EVENTS: set that instead",
    "PLIMSOLL_GROUP_MS_FILE was renamed to PLIMSOLL_BATCH_MAX_WAIT_MS_FILE: set that instead",
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeKeyGuards } from "../../src/commands/judge-guards.js";
import { guardsOf } from "../helpers/contain-story.js";

const zone = { type: "cloudflare", zone: "0a".repeat(16), token: "t".repeat(40), header: "x-client" };
const url = "https://guard.example.com/";
const PLIMSOLL_GUARDS = guardsOf({
  cf: { ...zone, match: "contains" },
  same: { ...zone, match: "equals" },
  kong: { type: "kong", url },
  apisix: { type: "apisix", url, token: "t" },
  aws: { type: "aws", access_key: `${"A".repeat(20)}:${"b".repeat(40)}` },
  hook: { type: "webhook", url, secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` },
});
const keysOf = (guard: string, ...refs: readonly string[]) =>
  refs.map((guardRef, at) => ({ keyId: `${guard}-key-${at}`, guard, guardRef }));
const foundOf = (...given: Parameters<typeof keysOf>) =>
  judgeKeyGuards(keysOf(...given), { PLIMSOLL_GUARDS }).map(({ check, found }) => `${check}: ${found}`);

test("a key that a rule cannot be made of is named with the field and the fix before it has to be contained", () => {
  const keys = ["pub1", "a-long-part-of-it"].map((keyId) => ({ keyId, guard: "cf", guardRef: "" }));
  const [only, ...others] = judgeKeyGuards(keys, { PLIMSOLL_GUARDS });
  assert.deepEqual([only?.check, others.length], ["guard cf", 0]);
  assert.match(only!.found, /^1 key cannot be contained \(pub1\): guard_ref must have at least 8 characters/);
});

test("a guard_ref that kong, apisix or aws cannot be asked by is named, and what they take is not", () => {
  for (const guard of ["kong", "apisix"]) {
    const [found, ...more] = foundOf(guard, "..", ".", "../../services", "a/b", "a\\b", "a\u0000b");
    assert.match(
      found!,
      new RegExp(`^guard ${guard}: 6 keys cannot be contained \\(${guard}-key-0, .*: guard_ref must`),
    );
    assert.deepEqual(more, []);
  }
  assert.match(foundOf("apisix", "x".repeat(56), "bad group")[0]!, /^guard apisix: 2 keys .* 1 to 55 letters, digits/);
  const arn = "arn:aws:iam::123456789012:user/ann";
  assert.match(
    foundOf("aws", "bad user!", arn, "x".repeat(65))[0]!,
    /^guard aws: 3 keys .* the name of an IAM user, no ARN/,
  );
  assert.deepEqual(foundOf("kong", "ann", "billing service", "a@b.example", "...", "grün"), []);
  assert.deepEqual(foundOf("apisix", "ann", "x".repeat(55), "a.b-c_d"), []);
  assert.deepEqual(foundOf("aws", "ann+ci=1,2.x@y_z-", "x".repeat(64)), []);
  assert.deepEqual(foundOf("hook", "..", "a/b"), []);
});

test("a guard_ref of cloudflare that is another key's, or a part of it, is named, as the rule would hit both", () => {
  const [found, ...more] = foundOf(
    "cf",
    "acme-client-1",
    "acme-client-12",
    "other-client",
    "other-client",
    "fourth-client",
  );
  assert.match(
    found!,
    /^guard cf: 3 keys cannot be contained alone \(cf-key-0 with cf-key-1, cf-key-2 with cf-key-3, cf-key-3 with cf-key-2\): /,
  );
  assert.deepEqual(more, []);
  assert.match(
    foundOf("same", "acme", "acme", "acme2")[0]!,
    /^guard same: 2 keys cannot be contained alone \(same-key-0 with/,
  );
  // Versions of one key, keys of another guard, and guards that are asked for the key itself.
  const [first] = keysOf("cf", "acme-client-1");
  const elsewhere = keysOf("hook", "acme-client-12", "acme-client-1", "acme-client-1");
  assert.deepEqual(
    judgeKeyGuards([first!, { ...first!, guardRef: "acme-client-12" }, ...elsewhere], { PLIMSOLL_GUARDS }),
    [],
  );
  const onFile = [{ keyId: "on-file", guard: "cf", guardRef: "acme-client-12" }];
  assert.match(judgeKeyGuards([first!], { PLIMSOLL_GUARDS }, onFile)[0]!.found, /^1 key .*cf-key-0 with on-file/);
});

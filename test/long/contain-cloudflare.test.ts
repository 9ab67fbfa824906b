import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import {
  ENTRYPOINT,
  openCloudflareStory,
  OWNERS_RULE,
  RULES,
  type CloudflareStory,
} from "../helpers/cloudflare-story.js";
import { ATTACKER, OWNER } from "../helpers/contain-story.js";

let it = undefined as unknown as CloudflareStory;
before(async () => (it = await openCloudflareStory()));
beforeEach(() => it.reset());
after(async () => it.close());

const as = (key: string) => ({ authorization: [`bearer  ${key}.c2VjcmV0`] });

test("Cloudflare refuses the key's requests from the unknown sources, or all of them, by a rule of Plimsoll's own before the owner's, and serves them again after the undo", async () => {
  const id = await it.leak("pk_live_one");
  await it.story.contain(id);
  await it.story.pass();
  assert.deepEqual(it.api.seen, [ENTRYPOINT, `POST ${RULES}`]);
  assert.match(await it.last(id), /^accepted: /);
  assert.deepEqual(
    (it.api.rules ?? []).map(({ ref }) => ref.replace(/[0-9a-f]{32}$/, "…")),
    ["plimsoll_deny_networks_…", "owner-s"],
  );
  const { action, expression, enabled } = it.plimsolls()[0]!;
  assert.deepEqual([action, enabled], ["block", true]);
  assert.equal(
    expression,
    `ip.src in {${ATTACKER}} and any(http.request.headers["authorization"][*] contains "pk_live_one.")`,
  );
  // Neither the case of the scheme nor a header of that name before it lets the attacker past.
  assert.ok(it.api.refuses(ATTACKER, { authorization: ["Bearer none", ...as("pk_live_one").authorization] }));
  assert.ok(!it.api.refuses(OWNER, as("pk_live_one")), "the owner is served");
  assert.ok(!it.api.refuses(ATTACKER, as("pk_live_two")), "so are other keys");
  await it.story.contain(id, { action: "freeze" });
  await it.story.pass();
  assert.ok(it.api.refuses(OWNER, as("pk_live_one")));
  assert.equal(it.plimsolls().length, 2);
  await it.story.undo(id);
  assert.equal((await it.story.pass()).left, 0);
  assert.deepEqual(it.api.rules, [OWNERS_RULE]);
  assert.ok(!it.api.seen.some((call) => call.startsWith("PUT")));
});

test("a longer list of networks changes the rule that is there, and leaves the order of rules as the owner made it", async () => {
  // One rule's description alone is more than is read of other guards' answers.
  it.api.rules = [{ ...OWNERS_RULE, description: "x".repeat(1_000_000) }];
  const owners = structuredClone(it.api.rules[0]!);
  const id = await it.leak("pk_live_more");
  await it.story.contain(id);
  await it.story.pass();
  it.api.rules.reverse();
  await it.story.contain(id, { networks: [ATTACKER, "2001:db8::/32"] });
  await it.story.pass();
  assert.deepEqual(
    it.api.seen.filter((call) => call.startsWith("P")),
    [`POST ${RULES}`, `PATCH ${RULES}/${it.plimsolls()[0]!.id}`],
  );
  assert.deepEqual([it.api.rules.length, it.api.rules[0]], [2, owners]);
  assert.ok(it.api.refuses("2001:db8::7", as("pk_live_more")));
  await it.story.undo(id);
  await it.story.pass();
  assert.deepEqual(it.api.rules, [owners]);
});

test("two keys at once in a zone that never had a rule make one ruleset and a rule each", async () => {
  it.api.rules = null;
  const ids = [await it.leak("pk_live_left"), await it.leak("pk_live_right", "client", "right")];
  for (const id of ids) await it.story.contain(id);
  it.api.holdUntil("GET", 2);
  await it.story.pass();
  for (const id of ids) assert.match(await it.last(id), /^accepted: /);
  assert.equal(it.api.seen.filter((call) => call === "POST /rulesets").length, 2, "both found none");
  assert.deepEqual(
    new Set(it.plimsolls().map(({ expression }) => expression.replace(/^.* and /, ""))),
    new Set([
      `any(http.request.headers["authorization"][*] contains "pk_live_left.")`,
      `any(http.request.headers["x-client-id"][*] eq "right")`,
    ]),
  );
  await it.story.undo(ids[0]!);
  await it.story.pass();
  assert.ok(it.api.refuses(ATTACKER, { "x-client-id": ["right"] }), "one key's undo leaves the other's rule");
  await it.story.undo(ids[1]!);
  await it.story.pass();
  assert.deepEqual(it.api.rules, []);
});

test("a guard_ref that would leave the expression, is too short or is a raw key is refused before anything is asked", async () => {
  for (const [guardRef, said] of [
    [`x") or true or any(http.request.headers["a"][*] eq "`, /guard_ref must be at most 256 letters/],
    ["pk_live_7\\", /guard_ref must be at most 256 letters/],
    ["pk_live", /guard_ref must have at least 8 characters/],
    ["sk_live_4eC39HqLyjWDarjtT1zdp7dc", /guard_ref must not be a raw key/],
  ] as const) {
    const id = await it.leak(`hostile-${guardRef.length}`, "edge", guardRef);
    const asked = JSON.stringify(await it.story.contain(id));
    assert.match(asked, said);
    assert.ok(!asked.includes("4eC39Hq"));
  }
  const throttled = await it.story.contain(await it.leak("pk_live_slow"), { action: "throttle" });
  assert.match(
    JSON.stringify(throttled),
    /the guard edge \(cloudflare\) cannot throttle: it can deny_networks, freeze/,
  );
  await it.story.pass();
  assert.deepEqual([it.api.seen, it.api.rules], [[], [OWNERS_RULE]]);
});

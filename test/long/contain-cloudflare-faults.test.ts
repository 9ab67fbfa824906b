import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import {
  CLOUDFLARE_SECRETS,
  ENTRYPOINT,
  openCloudflareStory,
  OWNERS_RULE,
  RULES,
  type CloudflareStory,
} from "../helpers/cloudflare-story.js";
import { ATTACKER } from "../helpers/contain-story.js";
import { findInText } from "../helpers/find-traces.js";

let it = undefined as unknown as CloudflareStory;
before(async () => (it = await openCloudflareStory()));
beforeEach(() => it.reset());
after(async () => it.close());

const as = (key: string) => ({ authorization: [`bearer  ${key}.c2VjcmV0`] });

test("a call whose answer was lost is found by its ref and not made twice; so is an undo, also of a rule or a ruleset that is gone", async () => {
  const id = await it.leak("pk_live_lost");
  await it.story.contain(id);
  it.api.forceNext({ method: "POST", status: 503, acts: true });
  await it.story.pass();
  assert.equal(it.plimsolls().length, 1);
  await it.story.pass(60_000);
  assert.deepEqual(it.api.seen, [ENTRYPOINT, `POST ${RULES}`, ENTRYPOINT]);
  assert.match(await it.last(id), /^accepted: /);
  await it.story.undo(id);
  it.api.forceNext({ method: "DELETE", status: 502, acts: true });
  await it.story.pass(60_000);
  assert.equal((await it.story.pass(120_000)).left, 0);
  assert.equal(it.api.seen.filter((call) => call.startsWith("DELETE")).length, 1);
  assert.match(await it.last(id), /^undone: /);
  await it.story.contain(id, { action: "freeze" });
  await it.story.pass(180_000);
  it.api.rules = null;
  await it.story.undo(id);
  assert.equal((await it.story.pass(240_000)).left, 0);
  assert.match(await it.last(id), /^undone: /);
});

test("429, 5xx and 409 are tried again; a rule that the owner deletes or disables meanwhile is made again", async () => {
  const id = await it.leak("pk_live_busy");
  await it.story.contain(id);
  let later = 0;
  for (const forced of [
    { status: 429, acts: false, headers: { "retry-after": "1" } },
    { status: 500, acts: false },
    { method: "POST", status: 409, acts: false },
  ]) {
    it.api.forceNext(forced, ...(forced.status === 409 ? [forced] : []));
    await it.story.pass((later += 60_000));
    assert.match(await it.last(id), /^requested: /);
  }
  await it.story.pass((later += 60_000));
  assert.match(await it.last(id), /^accepted: /);
  it.api.rules = [{ ...it.plimsolls()[0]!, enabled: false }, { ...OWNERS_RULE }];
  await it.story.contain(id, { networks: [ATTACKER, "203.0.113.0/24"] });
  // It is there when it is looked at, and gone when it is changed.
  it.api.forceNext({ method: "PATCH", status: 404, acts: false });
  await it.story.pass((later += 60_000));
  assert.equal(it.api.seen.filter((call) => call.startsWith("PATCH")).length, 2);
  assert.equal((await it.story.told(id)).filter((line) => line.startsWith("accepted: ")).length, 2);
  assert.ok(it.api.refuses("203.0.113.9", as("pk_live_busy")), "it is in force again");
  assert.deepEqual(it.api.rules.at(-1), OWNERS_RULE);
});

test("a rule that is not in force when it is found is put in force; an undo that another program answers with 404 is not called done", async () => {
  const id = await it.leak("pk_live_off");
  await it.story.contain(id);
  it.api.forceNext({ method: "POST", status: 503, acts: true });
  await it.story.pass();
  it.api.rules = [{ ...it.plimsolls()[0]!, enabled: false }, { ...OWNERS_RULE }];
  await it.story.pass(60_000);
  assert.match(await it.last(id), /^accepted: /);
  assert.ok(it.api.refuses(ATTACKER, as("pk_live_off")));
  await it.story.undo(id);
  it.api.forceNext({ status: 404, acts: false, body: `{"success":false,"errors":[{"code":7003}],"result":null}` });
  await it.story.pass(120_000);
  assert.match(await it.last(id), /edge refused the undo \(answered 404/);
  await it.story.undo(id);
  await it.story.pass(180_000);
  assert.match(await it.last(id), /^undone: /);
  assert.deepEqual(it.api.rules, [OWNERS_RULE]);
});

test("a wrong token, a wrong zone, a full ruleset and a 200 of another program are refused with what to look at, and no token or zone is in anything that is recorded", async () => {
  const full = [1, 2, 3, 4, 5].map((at) =>
    Object.assign({}, OWNERS_RULE, { id: `${at}`.repeat(32), ref: `owner-${at}` }),
  );
  for (const [keyId, guard, forced, said] of [
    [
      "pk_live_401",
      "edge",
      { status: 401, acts: false, body: `{"errors":[{"message":"Invalid ${CLOUDFLARE_SECRETS.token}"}]}` },
      /answered 401: .*Invalid \[secret\].*check the secret of this guard/,
    ],
    ["pk_live_403", "refused", null, /answered 403: .*Authentication error.*check the secret of this guard/],
    ["pk_live_404", "elsewhere", null, /answered 404: .*Could not route to .*url \(or zone\) of this guard/],
    ["pk_live_full", "edge", null, /answered 400: .*exceeded maximum number of rules/],
    [
      "pk_live_odd",
      "edge",
      { status: 200, acts: false, body: `{"success":true,"result":{"id":"1","rules":{"0":null}}}` },
      /answered 200: .*that is no answer of such a guard/,
    ],
    [
      "pk_live_login",
      "edge",
      { status: 200, acts: false, body: "<html>log in" },
      /answered 200: <html>log in; that is no answer of such a guard/,
    ],
  ] as const) {
    it.api.rules = keyId === "pk_live_full" ? structuredClone(full) : [{ ...OWNERS_RULE }];
    const untouched = structuredClone(it.api.rules);
    const id = await it.leak(keyId, guard);
    await it.story.contain(id, { action: "freeze" });
    if (forced !== null) it.api.forceNext(forced);
    await it.story.pass();
    const lines = (await it.story.told(id)).join("\n");
    assert.match(lines, said, keyId);
    assert.match(lines, /^refused: /m, keyId);
    assert.deepEqual(it.api.rules, untouched, keyId);
  }
  for (const table of ["incident_transitions", "containment_calls", "pages"]) {
    const rows = JSON.stringify(await it.story.checks.ask<object>(`SELECT * FROM ${table}`));
    assert.deepEqual(findInText(table, rows, CLOUDFLARE_SECRETS), []);
  }
});

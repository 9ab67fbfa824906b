import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readSuppressions } from "../../src/pipeline/incident/read-suppressions.js";
import { DAY, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { openPages } from "../helpers/open-pages.js";
import { formTokenOf, signInAt } from "../helpers/page-forms.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const [READ, ADMIN] = ["read-token-of-the-test", "admin-token-of-the-test"];
let story = undefined as unknown as OutboxStory;

before(async () => {
  story = await openOutboxStory();
  await story.store.registry.insertKeys([keyVersion({ keyId: "web" })], "test");
});
after(() => story.close());

const kindsOf = async (keyId: string) =>
  (
    await story.ask<{ kind: string }>(
      `SELECT kind FROM incident_transitions WHERE key_id = '${keyId}' AND kind NOT IN ('quieted', 'updated') ORDER BY sequence`,
    )
  ).map(({ kind }) => kind);
const suppression = async (id: string) =>
  (await readSuppressions(story.store, { at: 0, suppressionId: id }, Date.now()))[0]!;
const stateOf = async (id: string) => (await suppression(id)).state;
const current = async (id: string) => (await suppression(id)).now;

test("on the pages one is previewed, changed and withdrawn by who may act, by a form of their own session, and counted on the key's page", async (t) => {
  await story.find([unknownSourcesLeak("web", "203.0.113.77", NOW - 5 * MINUTE)]);
  const incident = `leak/web/${new Date(NOW - 5 * MINUTE).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  const guarded = await openPages({ advance: story.advanceDeps, read: [READ], admin: [ADMIN] });
  t.after(() => guarded.close());
  const [reader, admin] = [await signInAt(guarded, READ), await signInAt(guarded, ADMIN)];
  const get = async (way: string, cookie: string) =>
    (await fetch(`${guarded.url}/${way}`, { headers: { cookie } })).text();
  const post = async (
    way: string,
    fields: Record<string, string>,
    cookie = admin,
    changed: Record<string, string> = {},
  ) => {
    const formToken = changed["token"] ?? formTokenOf(await get(way, cookie));
    const { token: _, ...headers } = changed;
    const answer = await fetch(`${guarded.url}/${way}`, {
      method: "POST",
      body: new URLSearchParams({ form_token: formToken, ...fields }),
      headers: { cookie, "sec-fetch-site": "same-origin", ...headers },
      redirect: "manual",
    });
    return { status: answer.status, text: await answer.text(), to: answer.headers.get("location") };
  };
  const until = new Date(NOW + DAY).toISOString().slice(0, 16);
  const form = { name: "Ana", note: "a move", until, networks: "203.0.113.64/28" };
  const way = `incidents/${encodeURIComponent(incident)}`;
  const previewed = await post(way, { act: "preview", networks: "203.0.113.64/28", until });
  assert.equal(previewed.status, 200);
  assert.match(previewed.text, /would have hidden 1 of 1 finding from 1 address:/);
  const wide = await post(way, { act: "expect", ...form, networks: "203.0.0.0/15" });
  assert.equal(wide.status, 422);
  assert.match(
    wide.text,
    /networks-problem"[^>]*>These networks are wide[\s\S]*203\.0\.0\.0\/15 is wider than a \/16[\s\S]*name="sure"/,
  );
  assert.equal((await post(way, { act: "expect", ...form, networks: "0.0.0.0/0", sure: "yes" })).status, 422);
  assert.deepEqual(await kindsOf("web"), ["opened"]);
  assert.equal((await post(way, { act: "expect", ...form })).status, 303);
  const [one] = await story.store.incident.readSuppressionRevisions(0, { incidentId: incident });
  const id = one!.suppressionId;
  const own = `suppressions/${encodeURIComponent(id)}`;

  assert.ok((await get("suppressions", reader)).includes(`href="./${own}"`));
  assert.match(await get("keys/web", reader), /Suppressions: 0 findings hidden/);
  await story.find([{ ...unknownSourcesLeak("web", "203.0.113.77", NOW - MINUTE), asOf: Date.now() }]);
  assert.match(await get("keys/web", reader), /Suppressions: 1 finding hidden/);
  assert.match(await get(own, reader), /Your token can only read/);
  assert.ok(!(await get(own, reader)).includes("form_token"));
  const refused = [
    await post(own, { act: "withdraw", ...form }, reader, { token: "0".repeat(64) }),
    await post(own, { act: "withdraw", ...form }, admin, { token: "0".repeat(64) }),
    await post(own, { act: "withdraw", ...form }, admin, { "sec-fetch-site": "cross-site" }),
  ];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [403, 403, 403],
  );
  assert.equal(await stateOf(id), "active");
  const wrong = await post(own, { act: "edit", ...form, networks: "nowhere", note: "" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /role="alert">Nothing changed: note: Give a reason[^<]* networks: nowhere is not a network/);
  assert.match(
    (await post(own, { act: "preview", networks: "192.0.2.0/24", until })).text,
    /would have hidden none of 2 findings/,
  );
  const sure = { act: "edit", ...form, networks: "203.0.0.0/15" };
  assert.equal((await post(own, sure)).status, 422);
  assert.match((await post(own, { ...sure, sure: "yes" })).to!, /said=changed$/);
  assert.deepEqual((await current(id)).networks, ["203.0.0.0/15"]);
  const withdrawn = await post(own, { act: "withdraw", name: "Bo", note: "no move" });
  assert.match(withdrawn.to!, /said=reopened$/);
  assert.match(await get(`${own}?said=reopened`, admin), /role="status">Withdrawn\. It was found within the last hour/);
  assert.doesNotMatch(await get(`${own}?said=is%20over`, admin), /role="status"/);
  assert.deepEqual(await kindsOf("web"), ["opened", "resolved", "reopened"]);
  assert.match(
    (
      await post(own, { act: "withdraw", name: "Bo", note: "again" }, admin, {
        token: formTokenOf(await get(way, admin)),
      })
    ).to!,
    /is%20withdrawn/,
  );
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { actAt as act, formTokenOf, getIncident as get, signInAt, type Sending } from "../helpers/page-forms.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";

const READ = "read-token-of-the-test";
const ADMIN = "admin-token-of-the-test";
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let story = undefined as unknown as OutboxStory;
let [guarded, open] = [] as unknown as [OpenPages, OpenPages];

before(async () => {
  story = await openOutboxStory();
  const advance = { ...story.advanceDeps, baseUrl: "https://plimsoll.example" };
  [guarded, open] = await Promise.all([
    openPages({ advance, read: [READ], admin: [ADMIN] }),
    openPages({ advance: story.advanceDeps }),
  ]);
});
after(async () => {
  await Promise.all([guarded.close(), open.close()]);
  await story.close();
});

/** A leak from an address of its own, told to PagerDuty; gives the incident's id. */
async function leak(keyId: string, address: string): Promise<string> {
  await story.find([unknownSourcesLeak(keyId, address, NOW)]);
  await story.deliver();
  story.told();
  return `leak/${keyId}/${new Date(NOW).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
}

const signIn = (token: string) => signInAt(guarded, token);
const stateOf = async (id: string) =>
  (await story.ask<{ state: string }>(`SELECT state FROM incidents WHERE incident_id = '${id}'`))[0]?.state;
const stepsOf = (id: string) =>
  story.ask<{ kind: string; by: string; note: string; verdict: string }>(
    `SELECT kind, JSONExtractString(details, 'person', 'actor') AS by, JSONExtractString(details, 'person', 'note') AS note,
      JSONExtractString(details, 'person', 'verdict') AS verdict
    FROM incident_transitions WHERE incident_id = '${id}' AND by != '' ORDER BY sequence`,
  );

test("acknowledged and resolved on the page, an incident is so here and in PagerDuty, in the name of who did it; twice is said and does nothing", async () => {
  const id = await leak("handled", "198.51.100.4");
  const cookie = await signIn(ADMIN);
  const done = await act(guarded, id, { act: "acknowledge", name: " Ana  Önder " }, { cookie });
  assert.deepEqual([done.status, done.headers.get("location")], [303, `./${encodeURIComponent(id)}?said=acknowledged`]);
  const remembered = done.headers.get("set-cookie")!;
  assert.match(remembered, /^plimsoll_name=.*; HttpOnly; Secure; SameSite=Lax$/);
  assert.equal(await stateOf(id), "acknowledged");
  const page = await get(guarded, id, `${cookie}; ${remembered.split(";")[0]}`, "?said=acknowledged");
  assert.match(page.text, /role="status">Acknowledged/);
  assert.match(page.text, /id="resolve-name"[^>]*value="Ana Önder"/);
  assert.ok(!page.text.includes('id="acknowledge-name"'));
  const again = await act(guarded, id, { act: "acknowledge", name: "Bo" }, { cookie });
  assert.equal(again.headers.get("location"), `./${encodeURIComponent(id)}?said=acknowledged-before`);
  assert.match((await get(guarded, id, cookie, "?said=acknowledged-before")).text, /already acknowledged by Ana Önder/);
  const fields = { act: "resolve", name: "Bo", note: "revoked\n it", verdict: "leak" };
  assert.equal((await act(guarded, id, fields, { cookie })).status, 303);
  assert.match((await act(guarded, id, fields, { cookie })).headers.get("location")!, /said=over$/);
  assert.deepEqual(await stepsOf(id), [
    { kind: "acknowledged", by: "Ana Önder", note: "", verdict: "" },
    { kind: "resolved", by: "Bo", note: "revoked it", verdict: "leak" },
  ]);
  assert.equal((await story.store.view.readObservedAlarms(NOW - DAY)).pages.leaks, 1);
  await story.deliver();
  assert.deepEqual(story.told(), [`acknowledge ${id}/1 202`, `resolve ${id}/1 202`]);
});

test("what an incident was is said after its end, and corrected: the budget counts the last word, and nobody is notified", async () => {
  const earlier = (await story.store.view.readObservedAlarms(NOW - DAY)).pages;
  const id = await leak("judged-late", "198.51.100.5");
  await act(open, id, { act: "resolve", name: "Bo", note: "went away", verdict: "" });
  await story.deliver();
  story.told();
  const judge = async (verdict: string, note: string) =>
    (await act(open, id, { act: "resolve", name: "Ana", note, verdict })).headers.get("location")?.split("=")[1];
  assert.equal(await judge("benign", "our own job"), "judged");
  assert.equal(await judge("benign", "our own job"), "over");
  assert.equal(await judge("leak", "no: a thief's"), "judged");
  const page = await get(open, id, undefined, "?said=judged");
  assert.match(page.text, /role="status">Recorded: it was a leak/);
  assert.match(page.text, /judged: leak/);
  assert.match(
    page.text,
    /<td[^>]*>benign<\/td>\s*<td[^>]*>our own job<\/td>[\s\S]*<td[^>]*>leak<\/td>\s*<td[^>]*>no: a thief/,
    "in the timeline, too",
  );
  const later = (await story.store.view.readObservedAlarms(NOW - DAY)).pages;
  assert.deepEqual([later.leaks - earlier.leaks, later.benign - earlier.benign], [1, 0]);
  await story.deliver();
  assert.deepEqual([await stateOf(id), story.told()], ["resolved", []]);
});

test("what is expected on the page opens none from those networks until then, ends the incident in PagerDuty, and counts once however often it is sent", async () => {
  const id = await leak("migrated", "203.0.113.5");
  const until = new Date(NOW + DAY).toISOString().slice(0, 16);
  assert.match((await get(open, id)).text, /name="networks"[^>]*>\s*203\.0\.113\.5</);
  const fields = { act: "expect", name: "Ana", note: "move", networks: "203.0.113.0/28,\n2001:db8::/32", until };
  for (const said of ["expected", "expected-before"]) {
    const answer = await act(open, id, fields);
    assert.deepEqual([answer.status, answer.headers.get("location")?.split("=")[1]], [303, said]);
  }
  const expected = await story.store.incident.readSuppressionRevisions(0, { incidentId: id });
  assert.deepEqual(
    expected.map(({ networks, until: end, actor, note }) => [networks, end, actor, note]),
    [[["203.0.113.0/28", "2001:db8::/32"], NOW + DAY, "Ana", "move"]],
  );
  await story.deliver();
  assert.deepEqual(story.told(), [`resolve ${id}/1 202`]);
  assert.match((await get(open, id)).text, /Suppressions[\s\S]*203\.0\.113\.0\/28, 2001:db8::\/32/);
  const emptied = await leak("blamed", "198.51.100.77");
  await act(open, emptied, { act: "expect", name: "Ana", note: "ours", networks: "", until });
  assert.deepEqual((await story.store.incident.readSuppressionRevisions(0, { incidentId: emptied }))[0]?.networks, [
    "198.51.100.77",
  ]);
});

test("a form that another site sent, without the session's token, or by who may only look, is refused and changes nothing", async () => {
  const id = await leak("guarded", "198.51.100.2");
  const [reader, cookie] = [await signIn(READ), await signIn(ADMIN)];
  const other = formTokenOf((await get(open, id)).text);
  assert.match(other, /^[0-9a-f]{64}$/);
  const fields = { act: "resolve", name: "Eve", note: "nothing to see", verdict: "benign" };
  const host = guarded.url.slice("http://".length);
  const refused: readonly (readonly [string, number, Sending])[] = [
    ["nobody", 401, { formToken: other }],
    ["a token for reading", 403, { cookie: reader }],
    ["no form token", 403, { cookie, formToken: "" }],
    ["a form token of somebody else", 403, { cookie, formToken: other }],
    ["another site", 403, { cookie, headers: { "sec-fetch-site": "cross-site", origin: guarded.url } }],
    ["another name of the same site", 403, { cookie, headers: { "sec-fetch-site": "same-site" } }],
    ["another origin", 403, { cookie, headers: { origin: "https://evil.example" } }],
    ["another port", 403, { cookie, headers: { origin: "http://127.0.0.1:1" } }],
    ["an origin that is hidden", 403, { cookie, headers: { origin: "null" } }],
    ["neither", 403, { cookie, headers: {} }],
  ];
  for (const [who, status, sending] of refused) {
    const answer = await act(guarded, id, fields, sending);
    assert.equal(answer.status, status, who);
    if (who === "neither") assert.match(answer.text, /a program must send Origin with the address of this dashboard/);
    assert.match(answer.headers.get("content-type")!, /text\/html/, who);
    assert.ok(!answer.text.includes("evil.example"));
  }
  assert.deepEqual([await stateOf(id), await stepsOf(id)], ["open", []]);
  const look = await get(guarded, id, reader);
  assert.match(look.text, /Your token can only read/);
  assert.ok(!look.text.includes("form_token"));
  // By its own origin where the browser does not tell the site, and by the name that a proxy gives it.
  for (const origin of [`http://${host}`, "https://plimsoll.example"]) {
    const answer = await act(guarded, id, { ...fields, act: "nothing" }, { cookie, headers: { origin } });
    assert.equal(answer.status, 400, origin);
  }
  assert.equal(
    (
      await act(guarded, "leak/nobody/1", fields, {
        cookie,
        formToken: formTokenOf((await get(guarded, id, cookie)).text),
      })
    ).status,
    404,
  );
});

test("a form that is not understood comes back with the field, the fix and what was typed, but never with a raw key", async () => {
  const id = await leak("typed", "198.51.100.9");
  const typed = { act: "expect", name: "Ana <b>", note: "move", networks: "203.0.113.0/28", until: "2026-03-08T02:11" };
  const inSpan = new Date(Date.now() + HOUR).toISOString();
  const raw = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{}, /id="expect-until-problem"[^>]*>This must be within the next 90 days/],
    [{ until: "soon" }, /until-problem"[^>]*>This is not a time/],
    [{ until: inSpan, networks: "everywhere" }, /networks-problem"[^>]*>everywhere is not a network/],
    [{ until: inSpan, note: " " }, /note-problem"[^>]*>Give a reason/],
    [{ until: inSpan, name: "" }, /name-problem"[^>]*>Give your name/],
    [{ until: inSpan, note: `it was ${raw}` }, /note-problem"[^>]*>This contains what looks like a raw key/],
    [{ until: inSpan, networks: raw }, /networks-problem"[^>]*>This contains what looks like a raw key/],
  ];
  for (const [changed, problem] of wrong) {
    const { status, text } = await act(open, id, { ...typed, ...changed });
    assert.equal(status, 422, String(problem));
    assert.match(text, problem);
    assert.ok(!text.includes(raw));
    assert.ok("name" in changed || text.includes('value="Ana &lt;b&gt;"'), "the name is kept");
  }
  assert.deepEqual(
    [await stateOf(id), (await story.store.incident.readSuppressionRevisions(0, { incidentId: id })).length],
    ["open", 0],
  );
});

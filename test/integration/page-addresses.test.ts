import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finding, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { formTokenOf, getIncident as get } from "../helpers/page-forms.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";

const READ = "read-token-of-the-test";
let story = undefined as unknown as OutboxStory;
let [guarded, open] = [] as unknown as [OpenPages, OpenPages];

before(async () => {
  story = await openOutboxStory();
  [guarded, open] = await Promise.all([
    openPages({ advance: story.advanceDeps, read: [READ] }),
    openPages({ advance: story.advanceDeps }),
  ]);
});
after(async () => {
  await Promise.all([guarded.close(), open.close()]);
  await story.close();
});

test("who signs in from a page comes back to it, and to no other place", async () => {
  const id = "leak/sought/202603080211";
  const way = `incidents/${encodeURIComponent(id)}`;
  assert.ok((await get(guarded, id)).text.includes(`name="to" value="${way}"`));
  const enter = async (to: string) => {
    const body = new URLSearchParams({ token: READ, to });
    return (await fetch(`${guarded.url}/sign-in`, { method: "POST", body, redirect: "manual" })).headers.get(
      "location",
    );
  };
  assert.equal(await enter(way), `./${way}`);
  for (const to of ["//evil.example", "https://evil.example", "keys/../../evil", "\\evil.example", "keys/a\nb"]) {
    assert.equal(await enter(to), "./", to);
  }
});

test("an id that was typed as it is written leads to its page; an address that nobody knows is a page for a browser, and JSON for a program", async () => {
  const id = "leak/written/202603080211";
  const goTo = async (path: string, accept = "text/html") =>
    fetch(`${open.url}/${path}`, { headers: { cookie: open.cookie ?? "", accept }, redirect: "manual" });
  const led = await goTo(`incidents/${id}`);
  assert.equal(led.status, 303);
  assert.equal(new URL(led.headers.get("location")!, led.url).pathname, `/incidents/${encodeURIComponent(id)}`);
  const dossier = await goTo("keys/team/a b/dossier");
  assert.equal(new URL(dossier.headers.get("location")!, dossier.url).pathname, "/keys/team%2Fa%20b/dossier");
  const away = await goTo("incidents//evil.example/x");
  assert.equal(new URL(away.headers.get("location")!, away.url).host, new URL(open.url).host);
  const lost = await goTo("incident");
  assert.deepEqual([lost.status, lost.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  assert.match(await lost.text(), /No such page[\s\S]*href="\.\/"/);
  for (const [path, status, said] of [
    [
      "keys/%ff",
      400,
      /This address cannot be read: the address holds a % that begins no character[\s\S]*href="\.\.\/"/,
    ],
    ["keys/%00", 404, /No key has such an id: it holds a zero byte/],
    [
      "keys/bob?from=1960-01-01T00:00&to=1961-01-01T00:00",
      400,
      /Nothing is shown: from: must be between 1970 and 2099/,
    ],
    ["requests?key=bob&from=1960-01-01T00:00&to=1960-01-01T01:00", 400, /from: must be between 1970 and 2099/],
    ["incidents?from=1960-01-01", 400, /from: must be between 1970 and 2099/],
  ] as const) {
    const {
      status: answered,
      headers,
      ...odd
    } = await goTo(path).then(async (one) => ({
      status: one.status,
      headers: one.headers,
      text: await one.text(),
    }));
    assert.deepEqual(
      [answered, headers.get("content-type"), said.test(odd.text)],
      [status, "text/html; charset=utf-8", true],
      odd.text,
    );
    assert.ok(headers.has("content-security-policy"), path);
    assert.doesNotMatch(odd.text, /<code>plimsoll/);
  }
  assert.match(JSON.stringify(await (await goTo("v1/keys/%ff", "*/*")).json()), /^\{"error":"the address holds a %/);
  const program = await goTo("v1/evnts", "*/*");
  assert.deepEqual([program.status, await program.json()], [404, { error: "not found" }]);
});

test("an incident's page and command name the other open incidents of its key, lead to the investigation, and say until when its figures are counted", async () => {
  const at = Math.floor(Date.now() / MINUTE) * MINUTE - 40 * MINUTE;
  const outside = finding("error", at, { keyId: "twice", cause: "revoked_use" });
  await story.find([
    unknownSourcesLeak("twice", "198.51.100.3", at),
    outside,
    finding("error", at, { keyId: "other" }),
  ]);
  const stamp = new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "");
  const { text } = await get(open, `leak/twice/${stamp}`);
  assert.match(text, /Also open for its keys[\s\S]*revoked_use%2Ftwice/);
  assert.ok(!text.includes("leak%2Fother"));
  assert.match(text, /keys\/twice\/dossier/);
  assert.match(
    text,
    /counted until[\s\S]*when it was last found \(4\d minutes ago\); to the minute: plimsoll investigate .*twice/,
  );
});

test("a form with a field twice is refused on every view that acts, and changes nothing", async () => {
  const at = Math.floor(Date.now() / MINUTE) * MINUTE - 40 * MINUTE;
  await story.find([unknownSourcesLeak("doubled", "198.51.100.12", at)]);
  const id = `leak/doubled/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  const incident = `${open.url}/incidents/${encodeURIComponent(id)}`;
  const form_token = formTokenOf((await get(open, id)).text);
  const body = new URLSearchParams({ form_token, act: "resolve", name: "Eve", note: "x", verdict: "leak" });
  body.append("verdict", "benign");
  const headers = { cookie: open.cookie ?? "", "sec-fetch-site": "same-origin" };
  for (const way of [incident, `${incident}/contain`, `${open.url}/suppressions/any`]) {
    const answer = await fetch(way, { method: "POST", body, headers });
    assert.deepEqual([answer.status, /contains a field more than once/.test(await answer.text())], [400, true], way);
  }
  const [rows] = await story.store.incident.readIncidentRows(0, [id]);
  assert.equal(rows?.transitions.length, 1);
});

test("of a time range that makes no sense it is said which field is wrong, and what it must be", async () => {
  const at = Math.floor(Date.now() / MINUTE) * MINUTE - 30 * MINUTE;
  await story.find([finding("error", at, { keyId: "ranged" })]);
  const id = `leak/ranged/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  const span = /from, to: must both be minutes like 2026-03-08T02:11, from before to, and not to come/;
  for (const [query, said] of [
    ["range=1y", /range: must be one of 1h, 6h, 24h, 7d, 28d/],
    ["from=x&to=y", span],
    ["from=2026-03-08T02:11&to=2026-03-07T02:11", span],
    ["from=2026-03-08T02:11", span],
  ] as const)
    for (const path of [`incidents/${encodeURIComponent(id)}`, "keys/ranged"]) {
      const answer = await fetch(`${open.url}/${path}?${query}`, { headers: { cookie: open.cookie ?? "" } });
      assert.deepEqual([answer.status, said.test(await answer.text())], [400, true], `${path} ${query}`);
    }
});

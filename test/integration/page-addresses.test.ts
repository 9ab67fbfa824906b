import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finding, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { getIncident as get } from "../helpers/page-forms.js";
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

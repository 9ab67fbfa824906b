import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY, finding, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { actAt, getIncident, signInAt } from "../helpers/page-forms.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { keyVersion } from "../helpers/key-version.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const ADMIN = "admin-token-of-the-test";
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let story = undefined as unknown as OutboxStory;
let pages = undefined as unknown as OpenPages;

before(async () => {
  story = await openOutboxStory();
  pages = await openPages({ advance: { ...story.advanceDeps, baseUrl: "https://plimsoll.example" }, admin: [ADMIN] });
});
after(async () => {
  await pages.close();
  await story.close();
});

/** A leak of a key, found at an instant; gives the incident's id. */
async function leak(keyId: string, at: number): Promise<string> {
  await story.find([unknownSourcesLeak(keyId, "198.51.100.4", at)]);
  await story.deliver();
  story.told();
  return `leak/${keyId}/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
}

const textOf = (page: string) => page.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

test("an incident's view opens with cost, pace, confidence and the four acts, and answers in the order in which on-call asks", async () => {
  const { store } = story;
  await store.registry.insertKeys([keyVersion({ keyId: "asked", owner: "Payments", limitPerMinute: 50 })], "a");
  const id = await leak("asked", NOW);
  const { text } = await getIncident(pages, id, await signInAt(pages, ADMIN));
  const shown = textOf(text);
  const order = [
    "owner Payments",
    "Cost so far",
    "Per hour",
    "Confidence",
    "Since",
    "Acknowledge",
    "Contain…",
    "Resolve…",
    "Suppress…",
    "Who: networks and clients",
    "How much, against what",
    "What for: routes and scopes",
    "Since when",
    "What changed on the key",
    "What happened before on it",
    "Why it was found",
    "Timeline",
  ];
  // Each after the one before: the links to the parts of the evidence have words of them, too.
  let at = 0;
  for (const [i, one] of order.entries()) {
    const place = shown.indexOf(one, at);
    assert.ok(place >= 0, `no ${one} after ${order[i - 1]}`);
    at = place;
  }
  // Each link to a part leads to one that is there.
  const parts = [...text.matchAll(/<a href="#(part-[\w-]+)">/g)].map(([, part]) => part!);
  assert.ok(parts.length > 5 && parts.every((part) => text.includes(`<h3 id="${part}">`)), parts.join(" "));
  assert.match(text, /href="\.\.\/networks\/198\.51\.100\.4"/);
  // No form is open, each is one press away, and none asks who signed in for their name.
  assert.doesNotMatch(text, /<details[^>]* open/);
  assert.match(text, /id="acknowledge-name"[^>]*value="ops"/);
});

test("what happened before on a key stands beside its incident, with the verdict; what happened on others does not", async () => {
  const ruled = finding("error", NOW - 9 * DAY, { keyId: "again", cause: "rule", summary: "over its limit" });
  await story.find([ruled]);
  const [{ incident_id: earlier } = { incident_id: "" }] = await story.ask<{ incident_id: string }>(
    "SELECT incident_id FROM incidents WHERE key_id = 'again'",
  );
  const elsewhere = await leak("other", NOW - HOUR);
  const cookie = await signInAt(pages, ADMIN);
  const resolved = await actAt(
    pages,
    earlier,
    { act: "resolve", name: "Bo", note: "n", verdict: "benign" },
    { cookie },
  );
  assert.equal(resolved.status, 303);
  const id = await leak("again", NOW);
  const { text } = await getIncident(pages, id, cookie);
  const others = text.slice(text.indexOf("Other incidents of this key"), text.indexOf("Why it was found"));
  assert.ok(others.includes(`href="${encodeURIComponent(earlier)}"`));
  assert.match(textOf(others), /over its limit.*resolved benign/);
  assert.ok(!others.includes(encodeURIComponent(id)));
  assert.ok(!text.includes(encodeURIComponent(elsewhere)));
});

test("an incident says whether its source was refused before it was first served, and not what was refused to it later or to others", async () => {
  const { store } = story;
  const refused = (keyId: string, at: number, count: number, status: number, source: string) =>
    perMinute(keyId, at, [count], { status }, source);
  await insertEvents(store, [
    ...refused("tried", NOW - 5 * HOUR, 3, 401, "198.51.100.4"),
    ...refused("tried", NOW - 4 * HOUR, 2, 429, "198.51.100.4"),
    ...refused("tried", NOW - 3 * HOUR, 7, 500, "198.51.100.4"),
    ...perMinute("tried", NOW - 2 * HOUR, [80], {}, "198.51.100.4"),
    ...refused("tried", NOW - HOUR, 40, 403, "198.51.100.4"),
    ...refused("smooth", NOW - 5 * HOUR, 9, 401, "198.51.100.5"),
    ...perMinute("smooth", NOW - 2 * HOUR, [80], {}, "198.51.100.4"),
    ...refused("barred", NOW - HOUR, 6, 403, "198.51.100.4"),
  ]);
  const cookie = await signInAt(pages, ADMIN);
  const said = async (keyId: string) => {
    const shown = textOf((await getIncident(pages, await leak(keyId, NOW), cookie)).text);
    return /Refused first: .*?\. (?=[A-Z<])/.exec(shown)?.[0].trim() ?? shown;
  };
  assert.match(
    await said("tried"),
    /^Refused first: yes\. 5 refusals \(401, 429\) at 1 of 1 blamed address, from .*, before the first was served at /,
  );
  assert.match(await said("smooth"), /^Refused first: no\./);
  assert.match(
    await said("barred"),
    /^Refused first: yes\. 6 refusals \(403\) at 1 of 1 blamed address, of which 1 never served, from .* on\.$/,
  );
  assert.match(await said("unseen"), /^Refused first: not known/);
});

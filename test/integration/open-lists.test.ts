import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { DAY, finding, HOUR, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

// What may be open is listed before it is, and taken off the list once it is over.
let story = undefined as unknown as OutboxStory;
before(async () => void (story = await openOutboxStory()));
after(() => story.close());

const openKeys = async () => (await readOpenIncidents(story.store)).map(({ keyId }) => keyId);
const listed = async (table: "open_pages" | "open_incidents") => {
  const rows = await story.ask<{ incident_id: string; left: number }>(
    `SELECT incident_id, sum(entries) AS left FROM ${table} GROUP BY ALL HAVING left != 0 ORDER BY incident_id`,
  );
  return rows.map(({ incident_id: id, left }) => `${id} ${left}`);
};
const unlist = () => Promise.all([story.store.page.unlistPages(), story.store.incident.unlistIncidents()]);
/** Writes so many entries for the first step of an incident and its page. */
const enter = async (id: string, entries: number) => {
  const insert = (table: string, value: object) =>
    story.store.client.insert({ table, values: [{ incident_id: id, entries, ...value }], format: "JSONEachRow" });
  await insert("open_incidents", { sequence: 1 });
  await insert("open_pages", { page_id: `${id}/1/trigger` });
};
const OLD = T - 400 * DAY;
const idOf = (keyId: string, at: number) =>
  `leak/${keyId}/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;

test("what is open is found however old it is, and however often the lists are cleared", async () => {
  await story.find([finding("warning", OLD, { keyId: "old" })]);
  await Promise.all([unlist(), unlist()]);
  assert.deepEqual(await openKeys(), ["old"]);
  assert.deepEqual(
    (await story.outbox()).map(({ keyId, action }) => `${action} ${keyId}`),
    ["trigger old"],
  );
});

test("what is over is on no list, also where two cleared it at once or an entry was written twice", async () => {
  await story.deliver();
  await story.find([], [OLD + 10 * DAY]);
  await story.deliver();
  assert.deepEqual([await listed("open_pages"), await listed("open_incidents"), await openKeys()], [[], [], []]);
  for (const entries of [-1, 2]) {
    await enter(idOf("old", OLD), entries);
    assert.deepEqual([await openKeys(), await story.outbox()], [[], []]);
    await unlist();
    assert.deepEqual([await listed("open_pages"), await listed("open_incidents")], [[], []]);
  }
});

test("what is opened anew is found and told, whatever is left of its former entry", async () => {
  const id = idOf("old", OLD);
  const person = { actor: "Ana", note: "", verdict: null, eventId: null, url: null } as const;
  await enter(id, -1);
  assert.equal(await actOnIncident(story.advanceDeps, id, "reopen", person, T), "done");
  assert.deepEqual(await openKeys(), ["old"]);
  story.told();
  await story.deliver();
  assert.deepEqual(story.told(), [`trigger ${id}/2 202`]);
  assert.equal(await actOnIncident(story.advanceDeps, id, "resolve", person, T + HOUR), "done");
  await story.deliver();
  story.told();
  assert.deepEqual([await listed("open_pages"), await listed("open_incidents")], [[], []]);
});

test("who dies between an entry and what it is for leaves one that opens nothing and hides nothing", async () => {
  const leak = finding("error", T, { keyId: "mortal" });
  const id = idOf("mortal", T);
  await enter(id, 1);
  await unlist();
  assert.deepEqual([await openKeys(), await story.outbox()], [[], []]);
  await story.find([leak]);
  await story.deliver();
  assert.deepEqual([await openKeys(), story.told()], [["mortal"], [`trigger ${id}/1 202`]]);
  await story.find([], [T + 26 * HOUR]);
  await story.deliver();
  assert.deepEqual([await listed("open_pages"), await listed("open_incidents")], [[], []]);
});

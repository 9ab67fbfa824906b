import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { readKnownIncidents, readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { finding, MINUTE, T } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

// Of many incidents those are read again that have more steps than before: what is read stays what is on file.
let story = undefined as unknown as OutboxStory;
const KEYS = Array.from({ length: 110 }, (_, i) => `k${String(i).padStart(3, "0")}`);
before(async () => {
  story = await openOutboxStory();
  await story.find(KEYS.map((keyId) => finding("warning", T, { keyId })));
});
after(() => story.close());

const readBothWays = async () => {
  const many = await readKnownIncidents(story.store, 0);
  const one = async (id: string) => (await story.store.incident.readIncidentRows(0, [id]))[0]!;
  const few = await Promise.all(many.slice(0, 5).map(async ({ incident }) => one(incident.incidentId)));
  assert.deepEqual(
    many.slice(0, 5).map(({ transitions, incident }) => ({ transitions, lastFindingAt: incident.lastFindingAt })),
    few.map(({ transitions, lastFindingAt }) => ({ transitions, lastFindingAt })),
  );
  return many;
};

test("many incidents are read as each of them is, also when they were read before", async () => {
  assert.equal((await readBothWays()).length, KEYS.length);
  assert.deepEqual(await readBothWays(), await readBothWays());
});

test("a step that was taken since is read, and so is a new finding", async () => {
  const [first] = await readBothWays();
  const person = { actor: "Ana", note: "", verdict: "leak", eventId: null, url: null } as const;
  const { incidentId, keyId } = first!.incident;
  assert.equal(await actOnIncident(story.advanceDeps, incidentId, "resolve", person, T + MINUTE), "done");
  const resolved = (await readBothWays()).find(({ incident }) => incident.incidentId === incidentId)!;
  assert.deepEqual([resolved.incident.open, resolved.transitions.length], [false, first!.transitions.length + 1]);
  const open = await readOpenIncidents(story.store);
  assert.deepEqual([open.length, open.some((one) => one.keyId === keyId)], [KEYS.length - 1, false]);
  const other = open[0]!;
  await story.find([finding("warning", T + MINUTE, { keyId: other.keyId })]);
  const found = (await readBothWays()).find(({ incident }) => incident.incidentId === other.incidentId)!;
  assert.equal(found.incident.lastFindingAt, T + MINUTE);
});
